package org.tenon.samples.blocknbd;

import java.io.IOException;

/** Waits until the socket is ready, and meanwhile does whatever else the waiting thread owes. */
@FunctionalInterface
interface Waiter {
  /**
   * Waits for a while: until the socket is ready, or something else has happened.
   *
   * @param interest bits of {@link java.nio.channels.SelectionKey}
   * @throws IOException if waiting has no point any more: too long, or the driver is closing
   */
  void await(int interest) throws IOException;
}
