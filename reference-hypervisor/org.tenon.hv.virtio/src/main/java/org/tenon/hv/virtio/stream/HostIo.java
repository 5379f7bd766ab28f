package org.tenon.hv.virtio.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * The thread on which a machine's devices meet the host's sockets and files. Any thread may call.
 */
public final class HostIo implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HostIo.class.getName());

  private final Selector selector;
  private final Thread thread;
  private final Queue<Served> arriving = new ConcurrentLinkedQueue<>();
  private final List<Served> served = new ArrayList<>();
  private volatile boolean closed;

  /** Starts the thread. */
  public HostIo(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for " + name, e);
    }
    thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  /**
   * Listens at a Unix socket, which nobody else may have taken, until it is closed.
   *
   * @param accepted takes each connection, which does not block, on this class's thread; perhaps
   *     before this method has returned, so it is told the listener
   * @throws IOException where the socket cannot be made; says which and why
   */
  public HostListener listen(Path path, BiConsumer<HostListener, SocketChannel> accepted)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      HostListener listener = new HostListener(this, path, server, accepted);
      add(listener);
      return listener;
    } catch (IOException | IllegalArgumentException e) {
      server.close();
      boolean taken = Files.exists(path);
      throw new IOException(
          "cannot listen at %s: %s"
              .formatted(path, taken ? "there is a file of that name; remove it" : e.getMessage()),
          e);
    }
  }

  /**
   * Goes on with a connection.
   *
   * @param connected in non-blocking mode
   * @param ringBytes what each direction can hold, a power of two
   * @param news told, on this class's thread, whenever bytes have come or gone or it has ended
   */
  public HostStream stream(SocketChannel connected, int ringBytes, Runnable news) {
    HostStream stream = HostStream.of(this::wake, connected, ringBytes, news);
    add(stream);
    return stream;
  }

  /**
   * Connects to a Unix socket that somebody else listens at; whether that goes well shows later.
   *
   * @param ringBytes what each direction can hold, a power of two
   * @param news see {@link #stream}
   */
  public HostStream connect(Path path, int ringBytes, Runnable news) {
    HostStream stream = HostStream.to(this::wake, path, ringBytes, news);
    add(stream);
    return stream;
  }

  /**
   * Writes to a file, which is made or emptied first. Nothing ever comes from it.
   *
   * @throws IOException where that is impossible; says which file and why
   */
  public HostStream file(Path path, int ringBytes) throws IOException {
    try {
      FileChannel file =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      HostStream stream = HostStream.into(this::wake, file, ringBytes);
      add(stream);
      return stream;
    } catch (IOException e) {
      throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
    }
  }

  private void add(Served next) {
    arriving.add(next);
    wake();
  }

  /** Has the thread look at everything again. */
  void wake() {
    selector.wakeup();
  }

  SelectionKey register(SelectableChannel channel, Served owner) throws IOException {
    return channel.register(selector, 0, owner);
  }

  private void run() {
    try (selector) {
      while (!closed) {
        for (Served next = arriving.poll(); next != null; next = arriving.poll()) {
          served.add(next);
        }
        for (int i = served.size() - 1; i >= 0; i--) {
          if (!prepare(served.get(i))) {
            release(served.remove(i));
          }
        }
        int ready = selector.select(this::ready);
        assert ready >= 0;
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the host's sockets and files are out of reach from now on", e);
    } finally {
      served.addAll(arriving);
      served.forEach(HostIo::release);
    }
  }

  private boolean prepare(Served next) {
    try {
      return next.prepare(this);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} ends: {1}", next, e.getMessage());
      return false;
    } catch (RuntimeException e) {
      report(next, e);
      return false;
    }
  }

  private void ready(SelectionKey key) {
    Served owner = (Served) key.attachment();
    try {
      owner.ready();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0}: {1}", owner, e.getMessage());
    } catch (RuntimeException e) {
      report(owner, e);
      served.remove(owner);
      release(owner);
    }
  }

  private static void release(Served over) {
    try {
      over.release();
    } catch (RuntimeException e) {
      report(over, e);
    }
  }

  /** Somebody's fault ends what it was about, and nothing else. */
  private static void report(Served whose, RuntimeException fault) {
    LOG.log(Level.ERROR, whose + " ends, because its handler failed", fault);
  }

  /** Writes what is left for files, closes everything and ends the thread. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
