package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.StorageFaults.Access;

/**
 * Stands between a driver and a real NBD server, on the loopback interface, and records what the
 * driver asks and what the server answers on every connection. Speaks the fixed newstyle handshake,
 * simple and structured replies; it refuses TLS and extended headers on the server's behalf, for it
 * could not read on. Safe for use by any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NbdProxy implements ObservedStorage {
  /** The number of the one export. */
  static final int EXPORT = 0;

  private static final System.Logger LOG = System.getLogger(NbdProxy.class.getName());

  /** For a server that does not answer any more. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final NbdServer server;
  private final StorageLog log;
  private final StorageImage base = new StorageImage();
  private final StorageFaults faults = new StorageFaults();
  private final ServerSocketChannel listener;
  private final Set<NbdConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger channels = new AtomicInteger();
  private final List<Predicate<Access>> cutBefore = new CopyOnWriteArrayList<>();
  private final List<Predicate<Access>> cutAfter = new CopyOnWriteArrayList<>();

  /**
   * Listens on a free port. Neither the proxy nor its user owns the server: whoever started it
   * closes it.
   *
   * @throws IOException if the image cannot be read or no port is free
   */
  public NbdProxy(Ticks ticks, NbdServer server) throws IOException {
    this.server = server;
    this.log = new StorageLog(ticks);
    base.put(EXPORT, server.image().toString(), Files.readAllBytes(server.image()));
    this.listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().name("nbd-proxy").start(this::accept);
  }

  /** What a driver connects to. */
  public URI uri() {
    return URI.create(
        "nbd://%s:%d".formatted(InetAddress.getLoopbackAddress().getHostAddress(), port()));
  }

  private int port() {
    return listener.socket().getLocalPort();
  }

  /** How many connections were accepted so far. */
  public int accepted() {
    return channels.get();
  }

  /** Cuts every connection, now. */
  public void cut() {
    connections.forEach(NbdConnection::close);
  }

  /**
   * Kills the server, which cuts every connection, and starts it again.
   *
   * @throws IOException if it does not start
   */
  public void restartServer() throws IOException {
    server.kill();
    cut();
    server.start();
  }

  /**
   * Cuts the connection that brings a request that matches; the server does not see the request.
   */
  public void cutBefore(Predicate<Access> which) {
    cutBefore.add(which);
  }

  /**
   * Cuts the connection that brings a request that matches, after the server has answered; the
   * driver does not see that.
   */
  public void cutAfter(Predicate<Access> which) {
    cutAfter.add(which);
  }

  @Override
  public StorageLog log() {
    return log;
  }

  @Override
  public StorageImage base() {
    return base.copy();
  }

  @Override
  public StorageFaults faults() {
    return faults;
  }

  @Override
  public void restore(StorageImage image) throws IOException {
    image.writeTo(List.of());
  }

  @Override
  public boolean isWhole() throws IOException {
    return base().explains(log.events());
  }

  /** Ends every connection, once the server has answered all that it was brought. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the proxy's port", e);
    }
    // Before the faults end: a request that one of them holds up must not reach the server now.
    connections.forEach(NbdConnection::leave);
    faults.clear();
    awaitLeaving();
    cut();
  }

  private void awaitLeaving() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (connections) {
      try {
        for (long left = PATIENCE.toMillis(); left > 0 && !connections.isEmpty(); ) {
          connections.wait(left);
          left = (deadline - System.nanoTime()) / 1_000_000;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  boolean isCutBefore(Access access) {
    return cutBefore.stream().anyMatch(rule -> rule.test(access));
  }

  boolean isCutAfter(Access access) {
    return cutAfter.stream().anyMatch(rule -> rule.test(access));
  }

  void ended(NbdConnection connection) {
    synchronized (connections) {
      connections.remove(connection);
      connections.notifyAll();
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        join(listener.accept());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "the proxy lost a connection", e);
      }
    }
  }

  /** A driver that comes while the server is down is sent away. */
  private void join(SocketChannel client) throws IOException {
    SocketChannel upstream = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      upstream.connect(server.address());
    } catch (IOException e) {
      client.close();
      upstream.close();
      throw e;
    }
    NbdConnection connection =
        new NbdConnection(this, channels.incrementAndGet(), client, upstream);
    connections.add(connection);
    Thread.ofVirtual().name("nbd-proxy-" + connection.channel()).start(connection::run);
    if (!listener.isOpen()) {
      connection.close();
    }
  }
}
