package org.tenon.kit.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Stability;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/**
 * A host for one PCI function under test: opens it, leads it through its life, accesses its BARs as
 * a guest does, has machine time pass when the test says so, and looks whether the driver keeps its
 * word. The driver runs on one device thread; the harness is for one thread, the test's.
 *
 * <pre>{@code
 * try (DeviceHarness device = DeviceHarness.of(new HelloDriverFactory()).open()) {
 *   device.setBusMaster(true);
 *   device.write(0, ADDRESS, 4, GuestRam.BASE);
 *   device.write(0, DOORBELL, 4, 5);
 *   assertThat(device.ram().read(GuestRam.BASE, 5)).isEqualTo("Hello".getBytes(US_ASCII));
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceHarness implements AutoCloseable {
  /** How long one call of the driver may take before it counts as blocking, in real time. */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(2);

  private final boolean strict;
  private final DeviceOffer offer;
  private final DeviceAgreement agreement;
  private final FaultLog faults;
  private final VirtualClock time = new VirtualClock();

  /** How long the harness waits is real time: machine time passes inside the calls it waits for. */
  private final SystemClock patience = new SystemClock();

  private final WatchedClock clock;
  private final ThreadWatch threads;
  private final Secrets secrets;
  private final GuestRam ram = new GuestRam();
  private final CheckingDeviceHost host;
  private final ControlThread thread;
  private final DeviceDriver driver;
  private final PciFunctionDescription function;
  private final LifeCycle life = new LifeCycle();

  private DeviceHarness(Builder builder) throws DriverException {
    DeviceDriverFactory factory = builder.factory;
    String id = factory.id().value();
    strict = builder.strict;
    offer = builder.offer;
    faults = new FaultLog(id, DeviceClauses.LEASE_IS_OVER, fault -> {});
    clock = new WatchedClock(time, faults);
    threads = new ThreadWatch(id, faults);
    secrets = Secrets.of(factory.configKeys(), builder.settings, faults);
    thread =
        new ControlThread(
            work -> threads.harnessThread("device", work),
            patience,
            faults,
            builder.deadlines.control(),
            builder.deadlines.control());
    try {
      agreement = negotiate(factory);
      host =
          new CheckingDeviceHost(
              agreement,
              offer.maxLeases(),
              builder.deadlines,
              clock,
              threads,
              new CapturedLog(id, secrets),
              faults,
              ram);
      Config config = Config.of(factory.configKeys(), builder.settings);
      driver = opened(factory, config);
      function = ask("function", driver::function);
      checkFunction();
    } catch (DriverException | RuntimeException | Error e) {
      end();
      throw e;
    }
  }

  /** Begins a harness for a driver: everything offered, no settings. */
  public static Builder of(DeviceDriverFactory factory) {
    return new Builder(factory);
  }

  private DeviceAgreement negotiate(DeviceDriverFactory factory) throws DriverException {
    try {
      DeviceAgreement taken = factory.negotiate(offer);
      DeviceAgreement again = factory.negotiate(offer);
      if (!taken.isWithin(offer)) {
        faults.report(
            DeviceClauses.AGREEMENT_SUBSET,
            Fault.Kind.BAD_ANSWER,
            taken + " is not within the " + offer);
      }
      if (!taken.toString().equals(again.toString())) {
        faults.report(
            DeviceClauses.NEGOTIATE_PURE,
            Fault.Kind.BAD_ANSWER,
            "answered " + taken + ", then " + again + " to the same offer");
      }
      return taken;
    } catch (RuntimeException e) {
      faults.report(DriverClauses.NEVER_THROWS, Fault.Kind.THREW, "negotiate threw " + e);
      throw new HarnessError("negotiate threw " + e, e);
    }
  }

  private DeviceDriver opened(DeviceDriverFactory factory, Config config) throws DriverException {
    try {
      return thread.call("open", () -> factory.open(agreement, config, host));
    } catch (CallFailed e) {
      if (e.why() instanceof DriverException refusal) {
        secrets.check("an exception", refusal.getMessage());
        throw refusal;
      }
      faults.report(DriverClauses.OPEN_FAILS_CLEANLY, Fault.Kind.THREW, "open threw " + e.why());
      throw new HarnessError("open threw " + e.why(), e.why());
    }
  }

  /**
   * Starts a driver that was only opened.
   *
   * @throws DriverException if it refuses
   */
  public void start() throws DriverException {
    host.enter(LifeCycle.State.RUNNING);
    try {
      thread.call(
          "start",
          () -> {
            driver.start();
            return true;
          });
    } catch (CallFailed e) {
      host.enter(LifeCycle.State.OPENED);
      if (e.why() instanceof DriverException refusal) {
        throw refusal;
      }
      throw threw("start", e.why());
    }
    enter(LifeCycle.State.RUNNING);
  }

  /** What was agreed. */
  public DeviceAgreement agreement() {
    return agreement;
  }

  /** What was offered. */
  public DeviceOffer offer() {
    return offer;
  }

  /** What the driver says of its function. */
  public PciFunctionDescription function() {
    return function;
  }

  /** The guest's memory. */
  public GuestRam ram() {
    return ram;
  }

  /** The guest reads behind a BAR. All ones where the driver throws, which is a fault. */
  public long read(int bar, int offset, int size) {
    long ones = size == 8 ? -1 : (1L << 8 * size) - 1;
    Long value =
        access(
            "the read of BAR %d at %#x".formatted(bar, offset),
            () -> driver.read(bar, offset, size));
    return value & ones;
  }

  /** The guest writes behind a BAR. */
  public void write(int bar, int offset, int size, long value) {
    access(
        "the write of BAR %d at %#x".formatted(bar, offset),
        () -> {
          driver.write(bar, offset, size, value);
          return -1L;
        });
  }

  /** The guest resets the function: without bus mastering, leases and pin, as a host sees to. */
  public void functionReset(int level) {
    setBusMaster(false);
    host.setMessages(false);
    host.lowerPin();
    access(
        "functionReset(" + level + ")",
        () -> {
          driver.functionReset(level);
          return -1L;
        });
  }

  /**
   * The function is pulled out of its slot: a reset of level POWER, and {@link #close()}. In
   * RUNNING.
   */
  public void pullOut() {
    functionReset(ResetLevel.POWER);
    close();
  }

  /** Machine time passes; timers ring on the device thread. In RUNNING. */
  public void advance(Duration by) {
    access(
        "a timer",
        () -> {
          time.advance(by);
          return -1L;
        });
  }

  /** Runs the board calls that were raised. */
  public void settle() {
    if (life.state() == LifeCycle.State.RUNNING && host.hasNews()) {
      access(
          "a board call",
          () -> {
            host.runCalls();
            return -1L;
          });
    }
  }

  /** The guest gives or takes the leave to master the bus. */
  public void setBusMaster(boolean allowed) {
    host.setBusMaster(allowed);
  }

  /** The guest enables or disables interrupt messages. */
  public void setMessages(boolean enabled) {
    host.setMessages(enabled);
  }

  /** The level of the interrupt pin. */
  public boolean pin() {
    return host.pin();
  }

  /** What the function did to its guest since the last call. */
  public List<DeviceEvent> takeEvents() {
    settle();
    return host.takeEvents();
  }

  /** Brings the function to rest. */
  public void quiesce() {
    await("quiesce", LifeCycle.State.QUIESCING, driver::quiesce);
    enter(LifeCycle.State.QUIESCED);
  }

  /** Ends the rest. */
  public void resume() {
    host.enter(LifeCycle.State.RUNNING);
    run("resume", driver::resume);
    enter(LifeCycle.State.RUNNING);
  }

  /** Makes the function as new, as an operator does. */
  public void reset() {
    host.setBusMaster(false);
    host.setMessages(false);
    host.lowerPin();
    await("reset", LifeCycle.State.RESETTING, driver::reset);
    enter(LifeCycle.State.RUNNING);
  }

  /** How the driver is. */
  public Health health() {
    return ask("health", driver::health);
  }

  /** Whether and how it moves. */
  public Migration migration() {
    return ask("migration", driver::migration);
  }

  /**
   * The state of a Stateful driver that is at rest.
   *
   * @throws IOException if it says so
   */
  public byte[] save() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (migration() instanceof Migration.Stateful stateful) {
      try {
        thread.call(
            "save",
            () -> {
              stateful.saver().save(out);
              return true;
            });
      } catch (CallFailed e) {
        if (e.why() instanceof IOException failure) {
          throw failure;
        }
        throw threw("save", e.why());
      }
    }
    return out.toByteArray();
  }

  /**
   * Restores a state in a driver that was only opened.
   *
   * @throws DriverException if it refuses the state
   * @throws IOException if it says so
   */
  public void restore(int version, byte[] state) throws DriverException, IOException {
    if (migration() instanceof Migration.Stateful stateful) {
      try {
        thread.call(
            "restore",
            () -> {
              stateful.restorer().restore(version, new ByteArrayInputStream(state));
              return true;
            });
      } catch (CallFailed e) {
        if (e.why() instanceof DriverException refusal) {
          throw refusal;
        } else if (e.why() instanceof IOException failure) {
          throw failure;
        }
        throw threw("restore", e.why());
      }
    }
  }

  /** What the driver did wrong so far. */
  public List<Fault> faults() {
    return faults.faults();
  }

  /**
   * Closes the driver, looks for what it left behind, and frees everything. A second call does
   * nothing.
   *
   * @throws HarnessError if a fault was found, now or before, unless the harness is lenient
   */
  @Override
  public void close() {
    if (life.state() == LifeCycle.State.CLOSED) {
      return;
    }
    try {
      run("close", driver::close);
      run("the second close", driver::close);
    } catch (HarnessError alreadyReported) {
      // The faults tell; what remains is to take everything down.
    }
    life.moveTo(LifeCycle.State.CLOSED);
    host.enter(LifeCycle.State.CLOSED);
    if (host.leased() > 0) {
      faults.report(
          DeviceClauses.LEASES_GIVEN_BACK,
          Fault.Kind.LEAKED,
          host.leased() + " leases are left after close");
    }
    host.revokeLeases();
    if (clock.pending() > 0) {
      faults.report(
          DriverClauses.NOTHING_LEFT,
          Fault.Kind.LEAKED,
          clock.pending() + " timers are still set after close");
    }
    end();
    if (strict && !faults.faults().isEmpty()) {
      throw new HarnessError(
          faults.faults().stream().map(Fault::toString).collect(Collectors.joining("\n")));
    }
  }

  private void end() {
    thread.stop();
    patience.close();
    try {
      for (Thread left : threads.left()) {
        faults.report(
            DriverClauses.NOTHING_LEFT,
            Fault.Kind.LEAKED,
            "thread '" + left.getName() + "' is still alive after close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ram.close();
  }

  /** A call for the guest, with what it raised. */
  private long access(String name, Callable<Long> work) {
    if (life.state() != LifeCycle.State.RUNNING) {
      throw new IllegalStateException(name + " of a driver that is " + life.state());
    }
    long start = System.nanoTime();
    long value = -1;
    try {
      value = thread.call(name, work);
    } catch (CallFailed e) {
      faults.reportThrown(DeviceClauses.ACCESS_NEVER_THROWS, name + " threw", e.why());
    } catch (HarnessError hung) {
      faults.report(DeviceClauses.CALLS_RETURN, Fault.Kind.HUNG, name + " has not returned");
      throw hung;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (took.compareTo(CALL_LIMIT) > 0) {
      faults.report(
          DeviceClauses.CALLS_RETURN,
          Fault.Kind.HUNG,
          "%s took %d ms".formatted(name, took.toMillis()));
    }
    return value;
  }

  private void await(String name, LifeCycle.State on, Supplier<CompletionStage<Void>> call) {
    settle();
    life.moveTo(on);
    host.enter(on);
    CompletionStage<Void> stage = ask(name, call);
    try {
      thread.await(name, stage);
    } catch (CallFailed e) {
      throw threw(name, e.why());
    }
  }

  private void enter(LifeCycle.State next) {
    life.moveTo(next);
    host.enter(next);
    checkFunction();
  }

  private void checkFunction() {
    PciFunctionDescription now = ask("function", driver::function);
    if (!now.equals(function)) {
      faults.report(
          DeviceClauses.FUNCTION_CONSTANT,
          Fault.Kind.BAD_ANSWER,
          "function was %s and is now %s".formatted(function, now));
    }
    if (!now.isWithin(agreement, offer)) {
      faults.report(
          DeviceClauses.FUNCTION_WITHIN,
          Fault.Kind.BAD_ANSWER,
          "%s is not within the %s".formatted(now, agreement));
    }
  }

  private void run(String name, Runnable call) {
    ask(
        name,
        () -> {
          call.run();
          return name;
        });
  }

  private <T> T ask(String name, Supplier<T> call) {
    try {
      return thread.call(
          name,
          () -> {
            T answer = call.get();
            if (answer == null) {
              throw new NullPointerException(name + " answered null");
            }
            return answer;
          });
    } catch (CallFailed e) {
      throw threw(name, e.why());
    }
  }

  private HarnessError threw(String name, Throwable why) {
    ClauseId clause =
        name.endsWith("close") ? DriverClauses.CLOSE_ALWAYS : DriverClauses.NEVER_THROWS;
    faults.report(clause, Fault.Kind.THREW, name + " threw " + why);
    return new HarnessError(name + " threw " + why, why);
  }

  /** Says how a harness is to be. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder {
    private final DeviceDriverFactory factory;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private DeviceOffer offer = DeviceOffer.of(DeviceCapabilities.ALL, 32, 64, 256L << 20);
    private Deadlines deadlines = Deadlines.DEFAULT;
    private boolean strict = true;

    private Builder(DeviceDriverFactory factory) {
      this.factory = factory;
    }

    /** Sets what a user would. */
    public Builder settings(Map<String, String> values) {
      settings.putAll(values);
      return this;
    }

    /** Offers this instead of everything. */
    public Builder offer(DeviceOffer offered) {
      offer = offered;
      return this;
    }

    /** Waits that long, in real time, instead of 10 s for control. */
    public Builder deadlines(Deadlines limits) {
      deadlines = limits;
      return this;
    }

    /** Has close throw nothing; the test asks for {@link DeviceHarness#faults()}. */
    public Builder lenient() {
      strict = false;
      return this;
    }

    /**
     * Negotiates with the driver, opens it and starts it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public DeviceHarness open() throws DriverException {
      DeviceHarness harness = openOnly();
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
     * Negotiates with the driver and opens it, and does not start it.
     *
     * @throws DriverException if the driver refuses
     * @throws HarnessError if it does something worse
     */
    public DeviceHarness openOnly() throws DriverException {
      return new DeviceHarness(this);
    }
  }
}
