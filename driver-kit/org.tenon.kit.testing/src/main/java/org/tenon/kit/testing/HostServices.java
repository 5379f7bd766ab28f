package org.tenon.kit.testing;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.HostClock;

/** What surrounds one driver, whatever its class. */
final class HostServices {
  private final FaultLog faults;
  private final @Nullable SystemClock ownClock;
  private final HostClock hostClock;
  private final WatchedClock driverClock;
  private final ThreadWatch threads;
  private final MemoryWatch memory;
  private final Secrets secrets;
  private final CapturedLog log;
  private final ControlThread control;

  HostServices(
      DriverFactory factory,
      HarnessOptions options,
      ClauseId memoryIsOver,
      Consumer<Fault> observer) {
    String id = factory.id().value();
    faults = new FaultLog(id, memoryIsOver, observer);
    ownClock = options.clock() == null ? new SystemClock() : null;
    hostClock =
        Optional.ofNullable(options.clock()).or(() -> Optional.ofNullable(ownClock)).orElseThrow();
    driverClock = new WatchedClock(hostClock, faults);
    threads = new ThreadWatch(id, faults);
    memory = new MemoryWatch(options.memory(), faults);
    secrets = Secrets.of(factory.configKeys(), options.settings(), faults);
    log = new CapturedLog(id, secrets);
    control =
        new ControlThread(
            work -> threads.harnessThread("control", work),
            hostClock,
            faults,
            options.deadlines().control(),
            options.patience());
  }

  /** What a driver's {@code negotiate} does. */
  @FunctionalInterface
  interface Negotiation<A> {
    A answer() throws DriverException;
  }

  /**
   * Asks twice for an agreement, which must be the same.
   *
   * @throws DriverException if the driver refuses
   */
  <A> A negotiate(ClauseId isPure, Negotiation<A> negotiation) throws DriverException {
    try {
      A taken = negotiation.answer();
      A again = negotiation.answer();
      if (!taken.toString().equals(again.toString())) {
        faults.report(
            isPure,
            Fault.Kind.BAD_ANSWER,
            "answered " + taken + ", then " + again + " to the same offer");
      }
      return taken;
    } catch (DriverException e) {
      secrets.check("an exception", e.getMessage());
      stop();
      throw e;
    } catch (RuntimeException | Error e) {
      stop();
      faults.report(DriverClauses.NEVER_THROWS, Fault.Kind.THREW, "negotiate threw " + e);
      throw new HarnessError("negotiate threw " + e, e);
    }
  }

  /** Ends the harness's own threads. */
  void stop() {
    control.stop();
    if (ownClock != null) {
      ownClock.close();
    }
  }

  /** Reports what a closed driver left behind. */
  void reportLeftovers() {
    int timers = driverClock.pending();
    if (timers > 0) {
      faults.report(
          DriverClauses.NOTHING_LEFT,
          Fault.Kind.LEAKED,
          timers + " timers are still set after close");
    }
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
    memory.finish();
  }

  FaultLog faults() {
    return faults;
  }

  /** Time for the host. */
  HostClock hostClock() {
    return hostClock;
  }

  /** Time for the driver. */
  WatchedClock driverClock() {
    return driverClock;
  }

  ThreadWatch threads() {
    return threads;
  }

  MemoryWatch memory() {
    return memory;
  }

  Secrets secrets() {
    return secrets;
  }

  CapturedLog log() {
    return log;
  }

  ControlThread control() {
    return control;
  }
}
