package org.tenon.samples.e1000;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where the cable is plugged in: a Unix socket that it listens at, or connects to, again and again.
 * {@link #next} is for one thread; {@link #close} for any.
 */
final class WireEnd implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(100);

  private final UnixDomainSocketAddress address;
  private final @Nullable ServerSocketChannel server;

  private WireEnd(UnixDomainSocketAddress address, @Nullable ServerSocketChannel server) {
    this.address = address;
    this.server = server;
  }

  /**
   * Listens from now on.
   *
   * @throws IOException if that is impossible there
   */
  static WireEnd listening(Path path) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(address);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return new WireEnd(address, server);
  }

  /** Looks for somebody who listens there when asked for a connection. */
  static WireEnd connecting(Path path) {
    return new WireEnd(UnixDomainSocketAddress.of(path), null);
  }

  /**
   * Waits for a connection, or for an interrupt.
   *
   * @throws IOException if there will never be one again, or none in this moment
   */
  SocketChannel next() throws IOException {
    if (server != null) {
      return server.accept();
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(address);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Lets a while pass after {@link #next} has failed. */
  void pause() {
    LockSupport.parkNanos(this, RETRY.toNanos());
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
      Files.deleteIfExists(address.getPath());
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
