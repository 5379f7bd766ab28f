package org.tenon.hv.memory;

import java.util.Locale;

/** What guest RAM is made of. */
public enum RamBacking {
  /** An anonymous file, sealed against resizing, that other processes can map; Linux only. */
  MEMFD,
  /** Native memory of this process alone; everywhere. */
  ANONYMOUS;

  /** What {@link GuestMemory#allocate(RamLayout)} tries first on this host. */
  public static RamBacking best() {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    return linux ? MEMFD : ANONYMOUS;
  }
}
