package org.tenon.samples.nicpcap;

import java.io.IOException;

/** A capture that is damaged or of a kind that is not read. One line: what, where, how to mend. */
final class CaptureException extends IOException {
  private static final long serialVersionUID = 1L;

  CaptureException(String file, long at, String what) {
    super(
        "%s: byte %d: %s; check it with capinfos, or save it anew from Wireshark as pcapng"
            .formatted(file, at, what));
  }
}
