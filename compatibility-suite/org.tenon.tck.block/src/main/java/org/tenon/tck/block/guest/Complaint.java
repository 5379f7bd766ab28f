package org.tenon.tck.block.guest;

import java.util.Set;
import java.util.regex.Pattern;

/** What Linux may say in its log, at the level of a warning or above, and why that is right. */
enum Complaint {
  /** The suite itself has taken the disk away while processes wrote: those writes must fail. */
  WRITE_TO_A_DISK_THAT_WENT("(blk_update_request: )?I/O error, dev \\w+, sector .*"),
  /** The same, seen by the page cache. */
  BUFFER_OF_A_DISK_THAT_WENT("Buffer I/O error on dev(ice)? \\w+, .*"),
  /** The suite writes to a disk that says it is read-only. */
  WRITE_TO_READ_ONLY("Trying to write to read-only block-device .*");

  /** Those that follow from a disk that is taken away during I/O. */
  static final Set<Complaint> OF_A_DISK_THAT_WENT =
      Set.of(WRITE_TO_A_DISK_THAT_WENT, BUFFER_OF_A_DISK_THAT_WENT);

  private final Pattern text;

  Complaint(String text) {
    this.text = Pattern.compile(text);
  }

  /** The whole line, without its time. */
  Pattern text() {
    return text;
  }
}
