package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The plain socket: data goes straight between the kernel and guest memory. */
record SocketLink(SocketChannel channel) implements Link {
  @Override
  public int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  @Override
  public long write(ByteBuffer[] from, int first, int count) throws IOException {
    return channel.write(from, first, count);
  }

  @Override
  public boolean hasUnsent() {
    return false;
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
