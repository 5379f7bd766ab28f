package org.tenon.hv.virtio.stream;

import java.io.IOException;

/** What {@link HostIo}'s thread looks after; it alone calls these methods. */
abstract class Served {
  /**
   * Does what can be done without waiting, and says what to wait for by the interest of its key.
   *
   * @return false when it is over
   */
  abstract boolean prepare(HostIo io) throws IOException;

  /** What was waited for is there. */
  abstract void ready() throws IOException;

  /** Gives everything back. Nothing else is called afterwards. */
  abstract void release();
}
