package org.tenon.tck.mutants.vswitch;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.spi.Migration;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;

/**
 * A guard: it lets a number of broadcasts pass, drops those after, and has what it drops mirrored
 * to the uplink. It uses everything of the SPI and keeps every promise; mutants override a part.
 */
class BaseGuard implements SwitchExtension {
  /** Instead of a port: there is none. */
  static final int NOBODY = -1;

  /** How many broadcasts pass. */
  static final long BROADCASTS = 20;

  private static final long BROADCAST = 0xffff_ffff_ffffL;

  final SwitchHost host;
  final SortedMap<Integer, SwitchPort> ports = new TreeMap<>();
  final AtomicLong seen;
  volatile int uplink = NOBODY;
  private boolean closed;

  BaseGuard(SwitchHost host) {
    this(host, new AtomicLong());
  }

  BaseGuard(SwitchHost host, AtomicLong seen) {
    this.host = host;
    this.seen = seen;
  }

  @Override
  public void portAdded(SwitchPort port) {
    ports.put(port.number(), port);
    look();
  }

  @Override
  public void portRemoved(int port) {
    ports.remove(port);
    look();
  }

  private void look() {
    uplink =
        ports.values().stream()
            .filter(SwitchPort::uplink)
            .mapToInt(SwitchPort::number)
            .findFirst()
            .orElse(NOBODY);
  }

  @Override
  public void forward(SwitchFrame frame, SwitchDecision decision) {
    if (frame.destination() == BROADCAST && seen.incrementAndGet() > BROADCASTS) {
      decision.drop();
      if (uplink != NOBODY) {
        decision.mirror(uplink);
      }
    }
  }

  @Override
  public void start() {}

  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    seen.set(0);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateful(new Identifier("guard"), 1, this::save, this::restore);
  }

  void save(OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(seen.get());
  }

  private void restore(int version, InputStream in) throws IOException {
    seen.set(new DataInputStream(in).readLong());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      host.log().log(System.Logger.Level.INFO, "{0} broadcasts", seen.get());
    }
  }
}
