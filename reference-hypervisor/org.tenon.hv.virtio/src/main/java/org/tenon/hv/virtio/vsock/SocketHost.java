package org.tenon.hv.virtio.vsock;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostIo;
import org.tenon.hv.virtio.stream.HostListener;
import org.tenon.hv.virtio.stream.HostStream;

/**
 * Unix sockets, in the convention of Firecracker: a program on the host connects to PATH, sends
 * {@code CONNECT port} and a line feed, and reads {@code OK hostport} and a line feed when the
 * guest has accepted. A guest that connects to port P of the host is connected to the socket
 * PATH_P.
 */
public final class SocketHost implements VsockHost {
  private final HostIo io;
  private final Path path;
  private final HostListener listener;
  private final Queue<HostStream> arrived = new ConcurrentLinkedQueue<>();
  private volatile Runnable news = () -> {};

  /**
   * Listens.
   *
   * @throws IOException where the socket cannot be made
   */
  public SocketHost(HostIo io, Path path) throws IOException {
    this.io = io;
    this.path = path;
    listener = io.listen(path, this::accepted);
  }

  /** The host's thread; the next one waits until this one has been taken. */
  private void accepted(HostListener by, SocketChannel somebody) {
    by.welcome(false);
    arrived.add(io.stream(somebody, VsockConnection.RING_BYTES, () -> news.run()));
    news.run();
  }

  @Override
  public void start(Runnable told) {
    news = told;
    told.run();
  }

  @Override
  public @Nullable HostStream next() {
    HostStream next = arrived.poll();
    if (next != null) {
      listener.welcome(true);
    }
    return next;
  }

  @Override
  public HostStream connect(long port) {
    return io.connect(Path.of(path + "_" + port), VsockConnection.RING_BYTES, () -> news.run());
  }

  @Override
  public void close() {
    listener.close();
  }
}
