package org.tenon.hv.virtio.console;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostIo;
import org.tenon.hv.virtio.stream.HostListener;
import org.tenon.hv.virtio.stream.HostStream;

/** A Unix socket: whoever connects is at the port, one at a time; others wait. */
public final class SocketEnd implements PortEnd {
  private final HostIo io;
  private final HostListener listener;
  private volatile Runnable news = () -> {};
  private volatile @Nullable HostStream stream;

  /**
   * Listens.
   *
   * @throws IOException where the socket cannot be made
   */
  public SocketEnd(HostIo io, Path path) throws IOException {
    this.io = io;
    listener = io.listen(path, this::accepted);
  }

  /** The host's thread. */
  private void accepted(HostListener by, SocketChannel somebody) {
    by.welcome(false);
    stream = io.stream(somebody, ConsoleDevice.RING_BYTES, () -> news.run());
    news.run();
  }

  @Override
  public void start(Runnable told) {
    news = told;
    told.run();
  }

  @Override
  public @Nullable HostStream stream() {
    return stream;
  }

  @Override
  public void forget() {
    HostStream gone = stream;
    stream = null;
    if (gone != null) {
      gone.close();
      listener.welcome(true);
    }
  }

  @Override
  public void close() {
    forget();
    listener.close();
  }
}
