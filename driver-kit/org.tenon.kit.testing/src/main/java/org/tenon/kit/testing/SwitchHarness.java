package org.tenon.kit.testing;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Stability;
import org.tenon.spi.DriverException;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.Migration;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchPort;

/**
 * An extension on a switch that checks all it does. For one test thread; the switch's own calls
 * come from threads like those of a real one: one for control, one for each port of entry. Nothing
 * is forwarded: the test says what the switch has decided, and is told what the extension made of
 * it.
 *
 * <pre>{@code
 * try (SwitchHarness lan = SwitchHarness.of(new MirrorFactory()).setting("to", "watch").open()) {
 *   SwitchPort a = lan.addPort("a");
 *   SwitchPort b = lan.addPort("b");
 *   SwitchPort watch = lan.addPort("watch");
 *   SwitchVerdict verdict = lan.forward(a.number(), frame, List.of(b.number()));
 *   assertThat(verdict.mirrors()).containsExactly(watch.number());
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class SwitchHarness implements AutoCloseable {
  private static final int ROUNDS = 20;
  private static final int FRAMES_PER_ROUND = 5_000;

  private final HarnessOptions options;
  private final SwitchRig rig;
  private final SwitchControl control;

  private SwitchHarness(HarnessOptions options, SwitchRig rig, SwitchControl control) {
    this.options = options;
    this.rig = rig;
    this.control = control;
  }

  /**
   * Opens an extension and starts it, in real time.
   *
   * @param settings what a user would set
   * @throws DriverException if it refuses
   */
  public static SwitchHarness open(SwitchExtensionFactory factory, Map<String, String> settings)
      throws DriverException {
    return of(factory).settings(settings).open();
  }

  /** Begins a harness with other circumstances. */
  public static Builder of(SwitchExtensionFactory factory) {
    return new Builder(factory);
  }

  /** The extension itself, for calls that the harness does not make; they are not checked. */
  public SwitchExtension extension() {
    return control.driver();
  }

  /** The state of its life. */
  public LifeCycle.State state() {
    return control.state();
  }

  /** Starts an extension that was {@linkplain Builder#openOnly() only opened}. */
  public void start() throws DriverException {
    control.start();
  }

  /** Adds a port of a guest's, which passes tagged frames as they are. */
  public SwitchPort addPort(String name) {
    return addPort(name, false, 0);
  }

  /**
   * Adds a port, with the lowest number that is free.
   *
   * @param uplink whether it leads out of the host
   * @param vlan as {@link SwitchPort#vlan()}
   */
  public SwitchPort addPort(String name, boolean uplink, int vlan) {
    return control.addPort(rig.plan(name, uplink, vlan));
  }

  /** Takes a port away. From now on no frame may be sent there. */
  public void removePort(int port) {
    control.removePort(port);
  }

  /** The ports that there are, by number. */
  public SortedMap<Integer, SwitchPort> ports() {
    return rig.ports();
  }

  /**
   * Has a frame enter by a port, and waits for what becomes of it.
   *
   * @param decided the ports by which it leaves if the extension changes nothing
   * @throws HarnessError if the extension throws or does not return
   */
  public SwitchVerdict forward(int port, SwitchedFrame frame, Collection<Integer> decided) {
    return await(port, enter(port, frame, decided));
  }

  /**
   * Has a frame enter by a port and does not wait; {@link #await} does. Frames of different ports
   * are decided on at the same time.
   */
  public CompletableFuture<SwitchVerdict> enter(
      int port, SwitchedFrame frame, Collection<Integer> decided) {
    if (control.state() != LifeCycle.State.RUNNING) {
      throw new IllegalStateException("a switch forwards in RUNNING only, not " + control.state());
    }
    return rig.thread(port).forward(control.driver(), frame, bits(decided));
  }

  private static BitSet bits(Collection<Integer> ports) {
    BitSet bits = new BitSet();
    ports.forEach(bits::set);
    return bits;
  }

  /**
   * Waits for what becomes of a frame that {@link #enter}ed by a port.
   *
   * @throws HarnessError if the extension has thrown or does not return
   */
  public SwitchVerdict await(int port, CompletableFuture<SwitchVerdict> entered) {
    SwitchVerdict verdict = join(port, entered, options.callLimit().toNanos());
    rig.check(verdict);
    return verdict;
  }

  private <T> T join(int port, CompletableFuture<T> call, long nanos) {
    String what = "forward of a frame of port " + port;
    try {
      return call.get(nanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable thrown = new CallFailed(e).why();
      rig.services().faults().reportThrown(DriverClauses.NEVER_THROWS, what + " threw", thrown);
      throw new HarnessError(what + " threw " + thrown, thrown);
    } catch (TimeoutException e) {
      rig.thread(port).stop();
      String late = "%s has not returned within %s".formatted(what, options.callLimit());
      rig.services().faults().report(SwitchClauses.FORWARD_RETURNS, Fault.Kind.HUNG, late);
      throw new HarnessError(late, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessError("interrupted during " + what, e);
    }
  }

  /**
   * How many bytes the extension allocates on the Java heap for a frame once it has seen many: the
   * least of several thousand frames, several times.
   */
  public double allocatedPerFrame(int port, SwitchedFrame frame, Collection<Integer> decided) {
    BitSet ports = bits(decided);
    LentFrameView view = new LentFrameView(rig.services().faults());
    LentDecision decision = new LentDecision(rig.services().faults(), CheckingSwitchHost.MAX_PORTS);
    view.lend(frame, port);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      CompletableFuture<Long> measured =
          rig.thread(port)
              .call(() -> {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < FRAMES_PER_ROUND; i++) {
                  decision.lend(ports);
                  control.driver().forward(view, decision);
                }
                return threads.getCurrentThreadAllocatedBytes() - before;
              });
      least = Math.min(least, join(port, measured, options.patience().toNanos()));
    }
    view.takeBack();
    decision.takeBack();
    return (double) least / FRAMES_PER_ROUND;
  }

  /** Pauses the extension. */
  public void quiesce() {
    control.quiesce();
  }

  /** Lets a paused extension go on. */
  public void resume() {
    control.resume();
  }

  /** Resets the extension, and lets it go on. */
  public void reset() {
    control.reset();
  }

  /** How it says it is. */
  public Health health() {
    return control.health();
  }

  /** What it says of moving to another host. */
  public Migration migration() {
    return control.ask("migration", control.driver()::migration);
  }

  /**
   * The state of a paused extension that is {@link Migration.Stateful}.
   *
   * @throws IOException if it cannot be saved
   */
  public byte[] save() throws IOException {
    return control.save();
  }

  /**
   * Gives an extension that was only opened the state of another.
   *
   * @throws DriverException if it refuses
   * @throws IOException if it cannot read it
   */
  public void restore(int version, byte[] state) throws DriverException, IOException {
    control.restore(version, state);
  }

  /** What was found so far, in order. */
  public List<Fault> faults() {
    return rig.services().faults().faults();
  }

  /** What the extension logged, a line each, with the level in front. */
  public List<String> log() {
    return rig.services().log().lines();
  }

  /** Fails the test if a fault was found so far. */
  public void check() {
    List<Fault> found = faults();
    if (!found.isEmpty()) {
      throw new HarnessError(
          found.stream()
              .map(Fault::toString)
              .collect(Collectors.joining("\n  ", "the driver broke its contract:\n  ", "")));
    }
  }

  /**
   * Closes the extension, looks for what it left behind, and frees everything. A second call does
   * nothing.
   *
   * @throws HarnessError if a fault was found, now or before, unless the harness was built {@link
   *     HarnessBuilder#lenient()}
   */
  @Override
  public void close() {
    rig.stopThreads();
    if (control.close() && options.strict()) {
      check();
    }
  }

  /** Collects the circumstances of a harness. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder extends HarnessBuilder<Builder> {
    private final SwitchExtensionFactory factory;

    private Builder(SwitchExtensionFactory factory) {
      this.factory = factory;
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Opens the extension and starts it, on a switch without ports.
     *
     * @throws DriverException if it refuses
     * @throws HarnessError if it does something worse
     */
    public SwitchHarness open() throws DriverException {
      SwitchHarness harness = openOnly();
      try {
        harness.start();
      } catch (DriverException | RuntimeException | Error e) {
        try {
          harness.close();
        } catch (HarnessError worse) {
          e.addSuppressed(worse);
        }
        throw e;
      }
      return harness;
    }

    /**
     * Opens the extension and does not start it, so that it can be told of ports before.
     *
     * @throws DriverException if it refuses
     * @throws HarnessError if it does something worse
     */
    public SwitchHarness openOnly() throws DriverException {
      HarnessOptions options = options();
      SwitchRig rig = new SwitchRig(factory, options);
      return new SwitchHarness(options, rig, SwitchControl.open(factory, options, rig));
    }
  }
}
