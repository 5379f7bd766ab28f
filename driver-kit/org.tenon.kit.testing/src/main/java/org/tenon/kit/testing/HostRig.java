package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;

/** Everything on the host's side of one driver, put together after the negotiation. */
final class HostRig {
  private final FaultLog faults;
  private final @Nullable SystemClock ownClock;
  private final WatchedClock driverClock;
  private final ThreadWatch threads;
  private final MemoryWatch memory;
  private final Secrets secrets;
  private final CapturedLog log;
  private final ControlThread controlThread;
  private final BlockAgreement agreement;
  private final List<QueuePort> ports = new ArrayList<>();
  private final List<Thread> submitters = new ArrayList<>();
  private final CheckingHost host;

  HostRig(BlockDriverFactory factory, HarnessOptions options) throws DriverException {
    String id = factory.id().value();
    faults = new FaultLog(id, options.observer());
    ownClock = options.clock() == null ? new SystemClock() : null;
    HostClock clock =
        Optional.ofNullable(options.clock()).or(() -> Optional.ofNullable(ownClock)).orElseThrow();
    driverClock = new WatchedClock(clock, faults);
    threads = new ThreadWatch(id, faults);
    memory = new MemoryWatch(options.memory(), faults);
    secrets = Secrets.of(factory.configKeys(), options.settings(), faults);
    log = new CapturedLog(id, secrets);
    controlThread =
        new ControlThread(
            work -> threads.harnessThread("control", work),
            clock,
            faults,
            options.deadlines().control(),
            options.patience());
    agreement = negotiate(factory, options);
    for (int queue = 0; queue < agreement.queues(); queue++) {
      QueuePort port = new QueuePort(queue, agreement.queueDepth(), options, faults, clock, memory);
      ports.add(port);
      submitters.add(threads.harnessThread("queue-" + queue, port::serve));
    }
    host =
        new CheckingHost(
            agreement, options.deadlines(), driverClock, threads, log, secrets, faults, ports);
    submitters.forEach(Thread::start);
  }

  private BlockAgreement negotiate(BlockDriverFactory factory, HarnessOptions options)
      throws DriverException {
    try {
      BlockAgreement taken = factory.negotiate(options.offer());
      BlockAgreement again = factory.negotiate(options.offer());
      if (!taken.isWithin(options.offer())) {
        faults.report(
            Clauses.AGREEMENT_SUBSET,
            Fault.Kind.BAD_ANSWER,
            taken + " is not within the " + options.offer());
      }
      if (!taken.toString().equals(again.toString())) {
        faults.report(
            Clauses.NEGOTIATE_PURE,
            Fault.Kind.BAD_ANSWER,
            "answered " + taken + ", then " + again + " to the same offer");
      }
      return taken;
    } catch (DriverException e) {
      secrets.check("an exception", e.getMessage());
      abandon();
      throw e;
    } catch (RuntimeException | Error e) {
      abandon();
      faults.report(Clauses.NEVER_THROWS, Fault.Kind.THREW, "negotiate threw " + e);
      throw new HarnessError("negotiate threw " + e, e);
    }
  }

  /** Lets submissions through. */
  void run(BlockDriver driver) {
    for (int queue = 0; queue < ports.size(); queue++) {
      ports.get(queue).run(driver.queue(queue), geometry().logicalBlockSize());
    }
  }

  /** Lets no more submissions through, and waits for those under way. */
  void pause() {
    ports.forEach(port -> port.pause(Duration.ofSeconds(1)));
  }

  void withdrawWaiting() {
    ports.forEach(QueuePort::withdrawWaiting);
  }

  List<Submission> inFlight() {
    return ports.stream().flatMap(port -> port.inFlight().stream()).toList();
  }

  /** Ends what serves the driver, after it was closed, and reports what it left behind. */
  void finish() {
    host.end();
    abandon();
    int timers = driverClock.pending();
    if (timers > 0) {
      faults.report(
          Clauses.NOTHING_LEFT, Fault.Kind.LEAKED, timers + " timers are still set after close");
    }
    try {
      for (Thread left : threads.left()) {
        faults.report(
            Clauses.NOTHING_LEFT,
            Fault.Kind.LEAKED,
            "thread '" + left.getName() + "' is still alive after close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    memory.finish();
  }

  /** Ends the harness's own threads. */
  private void abandon() {
    ports.forEach(QueuePort::stop);
    submitters.forEach(Thread::interrupt);
    controlThread.stop();
    if (ownClock != null) {
      ownClock.close();
    }
  }

  QueuePort port(int queue) {
    return ports.get(Objects.checkIndex(queue, ports.size()));
  }

  List<Integer> queues() {
    return IntStream.range(0, ports.size()).boxed().toList();
  }

  BlockGeometry geometry() {
    return Objects.requireNonNull(host.expected(), "the driver is not open");
  }

  BlockAgreement agreement() {
    return agreement;
  }

  FaultLog faults() {
    return faults;
  }

  CapturedLog log() {
    return log;
  }

  Secrets secrets() {
    return secrets;
  }

  HostClock clock() {
    return driverClock;
  }

  CheckingHost host() {
    return host;
  }

  ControlThread controlThread() {
    return controlThread;
  }
}
