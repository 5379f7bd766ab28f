package org.tenon.hv.virtio.stream;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A Unix socket at which connections arrive. Any thread. */
public final class HostListener extends Served implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HostListener.class.getName());

  private final HostIo io;
  private final Path path;
  private final ServerSocketChannel server;
  private final BiConsumer<HostListener, SocketChannel> accepted;
  private @Nullable SelectionKey key;
  private volatile boolean welcoming = true;
  private volatile boolean closed;

  HostListener(
      HostIo io,
      Path path,
      ServerSocketChannel server,
      BiConsumer<HostListener, SocketChannel> accepted) {
    this.io = io;
    this.path = path;
    this.server = server;
    this.accepted = accepted;
  }

  /** Whether connections are taken; else they wait. */
  public void welcome(boolean now) {
    welcoming = now;
    io.wake();
  }

  @Override
  boolean prepare(HostIo from) throws IOException {
    if (key == null) {
      server.configureBlocking(false);
      key = from.register(server, this);
    }
    key.interestOps(welcoming ? SelectionKey.OP_ACCEPT : 0);
    return !closed;
  }

  @Override
  void ready() throws IOException {
    SocketChannel next = server.accept();
    if (next != null) {
      next.configureBlocking(false);
      hand(next);
    }
  }

  /** One connection that nobody can take is closed; the next may be another's. */
  private void hand(SocketChannel next) throws IOException {
    try {
      accepted.accept(this, next);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, this + " closes a connection, because its handler failed", e);
      next.close();
    }
  }

  @Override
  void release() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} stays behind: {1}", path, e.getMessage());
    }
  }

  /** Takes no more connections and removes the socket. */
  @Override
  public void close() {
    closed = true;
    io.wake();
  }

  @Override
  public String toString() {
    return "listener at " + path;
  }
}
