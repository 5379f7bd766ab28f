package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockQueue;

/**
 * The life of one open export. The control thread calls the methods of {@code Driver}; each
 * connection's thread does the I/O of the queues that share it.
 */
final class NbdBlockDriver implements BlockDriver {
  private final Device device;
  private final BlockIdentity identity;
  private final List<NbdQueue> queues = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  /** Connects, to learn what the export is. On failure nothing stays open. */
  NbdBlockDriver(Device device) throws DriverException {
    this.device = device;
    this.identity = new BlockIdentity("TENON", "block-nbd", "1.0", serial(device.settings()));
    for (int i = 0; i < device.agreement().queues(); i++) {
      queues.add(new NbdQueue(i, device.agreement().queueDepth(), device.host()));
    }
    try {
      connect();
    } catch (IOException | RuntimeException e) {
      connections.forEach(Connection::closeUnstarted);
      throw new DriverException(
          Status.NOT_READY,
          "cannot use %s: %s; start the server, or mend 'uri'"
              .formatted(device.settings().uri().text(), Connection.describe(e)),
          e);
    }
  }

  /** The first connection tells whether there may be more. */
  private void connect() throws IOException {
    Connection first = new Connection(0, device);
    connections.add(first);
    first.connectFirst();
    int most = Math.min(queues.size(), device.settings().connections());
    int count = device.export().can(Nbd.FLAG_CAN_MULTI_CONN) ? most : 1;
    device.connections(count);
    while (connections.size() < count) {
      connections.add(new Connection(connections.size(), device));
    }
    for (int i = 0; i < queues.size(); i++) {
      connections.get(i % count).serve(queues.get(i));
    }
  }

  /** The same URI gives the same serial, so that the guest knows its disk again. */
  private static String serial(NbdSettings settings) {
    byte[] uri = settings.uri().text().getBytes(StandardCharsets.UTF_8);
    String derived = UUID.nameUUIDFromBytes(uri).toString().replace("-", "").substring(0, 20);
    return settings.serial().orElse(derived);
  }

  @Override
  public void start() {
    for (int i = 0; i < connections.size(); i++) {
      threads.add(device.host().newThread("connection-" + i, connections.get(i)::run));
    }
    threads.forEach(Thread::start);
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return drain(false);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    return drain(true);
  }

  private CompletionStage<Void> drain(boolean abort) {
    return CompletableFuture.allOf(
        connections.stream().map(each -> each.drain(abort)).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (threads.isEmpty()) {
      connections.forEach(Connection::closeUnstarted);
    }
    connections.forEach(Connection::close);
    threads.forEach(NbdBlockDriver::join);
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Health health() {
    return device.health();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public BlockGeometry geometry() {
    return device.geometry();
  }

  @Override
  public BlockIdentity identity() {
    return identity;
  }

  @Override
  public BlockQueue queue(int index) {
    return queues.get(index);
  }
}
