package org.tenon.samples.blocknbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes to and from the server, without ever blocking. For the connection's thread. */
interface Link extends Closeable {
  /**
   * Reads what is there.
   *
   * @return how many bytes; 0 if none can be read now, −1 if the server has closed
   */
  int read(ByteBuffer into) throws IOException;

  /**
   * Takes bytes to send, from the buffers' positions on.
   *
   * @return how many bytes were taken; 0 if none can be now
   */
  long write(ByteBuffer[] from, int first, int count) throws IOException;

  /** Whether bytes that were taken still wait in the link; tries to send them. */
  boolean hasUnsent() throws IOException;

  /** Tells the server that nothing more will come. What it still sends can be read. */
  void shutdownOutput() throws IOException;
}
