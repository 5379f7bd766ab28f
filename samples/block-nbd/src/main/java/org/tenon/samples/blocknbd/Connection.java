package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.HostClock;

/**
 * One connection to the server, with the thread that serves it and the queues that use it.
 * Everything of it is done by that one thread, which never waits but in its selector; other threads
 * leave a note and {@link #wake()} it.
 *
 * <p>When the connection breaks, what was sent and not answered is sent again on the next one, in
 * the old order. That begins only when the broken one is over, which means that the server has
 * closed it, too: until then the server may still act on what it was sent. A request whose time
 * runs out meanwhile ends as TIMEOUT.
 */
final class Connection implements ReplyParser.Ledger {
  private static final int DISCARD_BYTES = 64 << 10;
  private static final long CLOSING_LOOK_MILLIS = 10;

  private final int index;
  private final Device device;
  private final HostClock clock;
  private final Selector selector;
  private final Exchanges exchanges;
  private final Outbox outbox = new Outbox();
  private final Backoff backoff = new Backoff();
  private final ByteBuffer discarded = ByteBuffer.allocateDirect(DISCARD_BYTES);

  private final Consumer<SelectionKey> onReady = this::socketIsReady;

  /** A request has to be over this long before the host's deadline. */
  private final long requestLimit;

  private final Duration tickInterval;

  // Notes from other threads.
  private volatile boolean attention;
  private volatile boolean sleeping;
  private volatile boolean tickRang;
  private volatile boolean retryRang;
  private volatile boolean handshakeLate;
  private volatile boolean drainLate;
  private volatile boolean closing;
  private volatile @Nullable Drain drain;

  // The thread's own.
  private @Nullable SelectionKey key;
  private @Nullable Link link;
  private @Nullable ReplyParser parser;
  private boolean fenced;
  private HostClock.@Nullable Timer tick;
  private HostClock.@Nullable Timer retry;
  private long closeBy;

  Connection(int index, Device device) throws IOException {
    this.index = index;
    this.device = device;
    this.clock = device.host().clock();
    this.selector = Selector.open();
    this.exchanges = new Exchanges(device, outbox);
    Duration deadline = device.host().deadlines().request();
    this.requestLimit = deadline.multipliedBy(3).dividedBy(4).toNanos();
    this.tickInterval = deadline.dividedBy(16);
    device.wakeOnRelease(this::wake);
  }

  /**
   * Adds a queue to those that this connection serves. Called by the control thread, before {@link
   * #run}.
   */
  void serve(NbdQueue queue) {
    exchanges.serve(queue);
    queue.servedBy(this::wake);
  }

  /** Has the thread look around. For any thread; does not block. */
  void wake() {
    attention = true;
    if (sleeping) {
      selector.wakeup();
    }
  }

  /** Connects for the first time, on the control thread, before {@link #run} begins elsewhere. */
  void connectFirst() throws IOException {
    connect();
    device.up(index);
  }

  /** Comes to rest. Called by the control thread; see {@link Drain}. */
  CompletableFuture<Void> drain(boolean abort) {
    drainLate = false;
    Duration limit = device.host().deadlines().control().multipliedBy(3).dividedBy(4);
    HostClock.Timer timer =
        clock.schedule(
            limit,
            () -> {
              drainLate = true;
              wake();
            });
    Drain wish = new Drain(abort, timer, new CompletableFuture<>());
    drain = wish;
    wake();
    return wish.done();
  }

  /** Has the thread end. Called by the control thread. */
  void close() {
    closing = true;
    wake();
  }

  /** Frees what {@link #connectFirst} opened where no thread was started. */
  void closeUnstarted() {
    closeLink();
    closeSelector();
  }

  /** The body of the thread. */
  void run() {
    long closeLimit = device.host().deadlines().control().dividedBy(4).toNanos();
    while (!closing || !isOver(closeLimit)) {
      try {
        turn();
      } catch (IOException e) {
        broken(e);
      } catch (RuntimeException e) {
        // A defect of this driver costs the guest a reconnection, not the device.
        device
            .host()
            .log()
            .log(System.Logger.Level.ERROR, "the connection failed inside the driver", e);
        broken(new ProtocolException("internal error"));
      }
    }
    exchanges.takeSubmissions(true, requestLimit, clock);
    exchanges.abortAll(Status.ABORTED);
    sayGoodbye();
    cancelTimers();
    closeLink();
    closeSelector();
  }

  private void turn() throws IOException {
    attention = false;
    housekeeping();
    if (link == null) {
      if (!closing && retry == null) {
        reconnect();
      } else {
        sleep(0);
      }
      return;
    }
    boolean unsent = exchangeBytes(link);
    if (link != null) {
      boolean mayRest = drain != null && !exchanges.hasWork();
      if (mayRest || (!fenced && exchanges.isReadyToSend())) {
        attention = true;
      }
      sleep(unsent ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
  }

  /** Moves bytes both ways until neither moves. Answers whether something is left to send. */
  private boolean exchangeBytes(Link open) throws IOException {
    if (fenced) {
      discardUntilEnd(open);
      return false;
    }
    boolean moving = true;
    while (moving && !fenced) {
      exchanges.fillOutbox();
      moving = !outbox.isEmpty() && outbox.writeTo(open);
    }
    ReplyParser reading = parser;
    if (reading != null && !reading.advance(open)) {
      over("the server closed the connection");
      return false;
    }
    return !outbox.isEmpty() || open.hasUnsent();
  }

  /** What is due besides moving bytes. Also done while a connection is being made. */
  private void housekeeping() {
    if (tickRang) {
      tickRang = false;
      tick = null;
      exchanges.expire(clock.nanoTime());
    }
    if (retryRang) {
      retryRang = false;
      retry = null;
    }
    Drain wish = drain;
    boolean aborting = closing || (wish != null && wish.abort());
    exchanges.takeSubmissions(aborting, requestLimit, clock);
    if (aborting) {
      exchanges.abortUnsent(link == null || fenced);
    }
    if (wish != null) {
      drain(wish);
    }
    if (exchanges.needFence()) {
      fence("the server took no data in time");
    }
    if (link != null && !fenced && device.isOutdated(index)) {
      fence("the export has another size now");
    }
    if (tick == null && exchanges.hasWork()) {
      tick =
          clock.schedule(
              tickInterval,
              () -> {
                tickRang = true;
                wake();
              });
    }
  }

  private void drain(Drain wish) {
    if (drainLate) {
      exchanges.abortAll(wish.abort() ? Status.ABORTED : Status.TIMEOUT);
    }
    if (!exchanges.hasWork()) {
      wish.limit().cancel();
      drain = null;
      wish.done().complete(null);
    }
  }

  private boolean isOver(long closeLimit) {
    long now = System.nanoTime();
    closeBy = closeBy == 0 ? now + closeLimit : closeBy;
    return link == null || fenced || !exchanges.hasWork() || now - closeBy > 0;
  }

  private void sleep(int interest) throws IOException {
    SelectionKey registered = key;
    if (registered != null && registered.isValid() && registered.interestOps() != interest) {
      registered.interestOps(interest);
    }
    sleeping = true;
    if (!attention) {
      // A closing driver looks at its limit in real time: the control thread waits for it in real
      // time, too.
      selector.select(onReady, closing ? CLOSING_LOOK_MILLIS : 0);
    }
    sleeping = false;
  }

  /** Both directions are tried whatever the selector says: it only has to wake the thread. */
  private void socketIsReady(SelectionKey selected) {
    attention = true;
  }

  // Connecting.

  private void reconnect() {
    try {
      connect();
      device.up(index);
    } catch (IOException | RuntimeException e) {
      device.down(index, describe(e));
      Duration delay = backoff.next();
      retry =
          clock.schedule(
              delay,
              () -> {
                retryRang = true;
                wake();
              });
    }
  }

  private void connect() throws IOException {
    boolean tcp = device.address() instanceof InetSocketAddress;
    SocketChannel channel =
        tcp ? SocketChannel.open() : SocketChannel.open(StandardProtocolFamily.UNIX);
    HostClock.Timer limit = limitHandshake();
    try {
      channel.configureBlocking(false);
      key = channel.register(selector, 0);
      if (!channel.connect(device.address())) {
        while (!channel.finishConnect()) {
          await(SelectionKey.OP_CONNECT);
        }
      }
      if (tcp) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
      TlsIdentity tls = device.tls();
      Handshake handshake = new Handshake(channel, tls == null ? null : tls::engine, this::await);
      Export described = handshake.run(device.settings().uri().export());
      device.adopt(index, described);
      parser = new ReplyParser(this, described.structured());
      link = handshake.link();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      limit.cancel();
    }
  }

  private HostClock.Timer limitHandshake() {
    handshakeLate = false;
    return clock.schedule(
        device.host().deadlines().control().dividedBy(2),
        () -> {
          handshakeLate = true;
          wake();
        });
  }

  /** Waits during the handshake, without losing sight of what is due. */
  private void await(int interest) throws IOException {
    sleep(interest);
    attention = false;
    housekeeping();
    if (handshakeLate) {
      throw new ProtocolException("the server does not answer");
    }
    if (closing) {
      throw new ProtocolException("the device is being closed");
    }
  }

  // Losing the connection.

  private void broken(IOException e) {
    boolean mistrusted = e instanceof ProtocolException || e instanceof SSLException;
    if (mistrusted && link != null && !fenced) {
      fence(describe(e));
    } else {
      over(describe(e));
    }
  }

  /** Says nothing more to the server, believes nothing more, and waits for it to close. */
  private void fence(String why) {
    Link open = link;
    if (open == null || fenced) {
      return;
    }
    fenced = true;
    parser = null;
    exchanges.fenced();
    attention = true;
    device.down(index, why);
    try {
      open.shutdownOutput();
    } catch (IOException e) {
      over(describe(e));
    }
  }

  private void discardUntilEnd(Link open) throws IOException {
    int read;
    do {
      read = open.read(discarded.clear());
    } while (read > 0);
    if (read < 0) {
      over("the server closed the connection");
    }
  }

  /**
   * The server has closed the connection: it acts on nothing of it any more. What was not answered
   * is sent again.
   */
  private void over(String why) {
    closeLink();
    exchanges.replayAll();
    attention = true;
    device.down(index, why);
  }

  private void sayGoodbye() {
    Link open = link;
    if (open == null || fenced) {
      return;
    }
    try {
      ByteBuffer command = ByteBuffer.allocate(Nbd.REQUEST_BYTES);
      command.putInt(Nbd.REQUEST_MAGIC).putShort((short) 0).putShort((short) Nbd.CMD_DISC);
      open.write(new ByteBuffer[] {command.clear()}, 0, 1);
      open.shutdownOutput();
    } catch (IOException e) {
      // It was a courtesy.
    }
  }

  private void closeLink() {
    Link open = link;
    link = null;
    parser = null;
    fenced = false;
    key = null;
    outbox.clear();
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException | ClosedSelectorException e) {
      throw new UncheckedIOException(new IOException("the selector cannot be closed", e));
    }
  }

  private void cancelTimers() {
    Drain wish = drain;
    if (wish != null) {
      wish.limit().cancel();
      wish.done().complete(null);
    }
    if (tick != null) {
      tick.cancel();
    }
    if (retry != null) {
      retry.cancel();
    }
  }

  static String describe(Exception e) {
    String message = e.getMessage();
    return e instanceof ProtocolException && message != null
        ? message
        : message == null ? e.getClass().getSimpleName() : message.replace('\n', ' ');
  }

  // What the parser asks.

  @Override
  public @Nullable Exchange find(long cookie) {
    return exchanges.find(cookie);
  }

  @Override
  public void finished(Exchange exchange, int error) {
    backoff.reset();
    exchanges.finished(exchange, error);
  }
}
