package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockQueue;

/**
 * Leads one driver through its life on the control thread, and looks in each state whether it keeps
 * its word.
 */
final class DriverControl {
  private final HarnessOptions options;
  private final HostRig rig;
  private final BlockDriver driver;
  private final LifeCycle life = new LifeCycle();
  private final BlockIdentity identity;
  private final Migration migration;
  private final List<BlockQueue> queues = new ArrayList<>();

  private DriverControl(HarnessOptions options, HostRig rig, BlockDriver driver) {
    this.options = options;
    this.rig = rig;
    this.driver = driver;
    this.identity = ask("identity", driver::identity);
    this.migration = ask("migration", driver::migration);
    rig.host().expect(ask("geometry", driver::geometry));
    for (int queue : rig.queues()) {
      queues.add(ask("queue", () -> driver.queue(queue)));
    }
    probe();
  }

  static DriverControl open(BlockDriverFactory factory, HarnessOptions options, HostRig rig)
      throws DriverException {
    try {
      Config config = Config.of(factory.configKeys(), options.settings(), options.files());
      BlockDriver driver =
          rig.controlThread().call("open", () -> factory.open(rig.agreement(), config, rig.host()));
      return lead(Objects.requireNonNull(driver, "open returned null"), options, rig);
    } catch (CallFailed e) {
      throw refused(rig, e.why());
    } catch (DriverException | RuntimeException | Error e) {
      rig.finish();
      throw e;
    }
  }

  /** Takes over a driver just opened; one that cannot even say what it is, is closed. */
  private static DriverControl lead(BlockDriver driver, HarnessOptions options, HostRig rig) {
    try {
      return new DriverControl(options, rig, driver);
    } catch (HarnessError e) {
      try {
        rig.controlThread().call("close", Executors.callable(driver::close));
      } catch (CallFailed worse) {
        e.addSuppressed(worse);
      }
      throw e;
    }
  }

  /** Ends the rig of a driver that did not open, and gives what is to be thrown. */
  private static DriverException refused(HostRig rig, Throwable why) {
    rig.finish();
    if (why instanceof DriverException refusal) {
      checkMessage(rig, refusal);
      return refusal;
    }
    rig.faults().report(Clauses.OPEN_FAILS_CLEANLY, Fault.Kind.THREW, "open threw " + why);
    throw new HarnessError("open threw " + why, why);
  }

  private static void checkMessage(HostRig rig, DriverException refusal) {
    String message = Objects.requireNonNullElse(refusal.getMessage(), "");
    rig.secrets().check("an exception", message);
    if (message.isBlank() || message.lines().count() > 1) {
      rig.faults()
          .report(
              Clauses.OPEN_FAILS_CLEANLY,
              Fault.Kind.BAD_ANSWER,
              "open failed with a message that is not one line: " + message.lines().toList());
    }
  }

  BlockDriver driver() {
    return driver;
  }

  LifeCycle.State state() {
    return life.state();
  }

  void start() throws DriverException {
    try {
      rig.controlThread()
          .call(
              "start",
              () -> {
                driver.start();
                return true;
              });
    } catch (CallFailed e) {
      if (e.why() instanceof DriverException refusal) {
        rig.secrets().check("an exception", refusal.getMessage());
        throw refusal;
      }
      throw threw("start", e.why());
    }
    enter(LifeCycle.State.RUNNING);
    rig.run(driver);
  }

  void quiesce() {
    settle(LifeCycle.State.QUIESCING, "quiesce", driver::quiesce, Clauses.QUIESCE_COMPLETES);
    enter(LifeCycle.State.QUIESCED);
  }

  void resume() {
    run("resume", driver::resume);
    enter(LifeCycle.State.RUNNING);
    rig.run(driver);
  }

  void reset() {
    settle(LifeCycle.State.RESETTING, "reset", driver::reset, Clauses.RESET_COMPLETES);
    enter(LifeCycle.State.RUNNING);
    rig.run(driver);
  }

  Health health() {
    return ask("health", driver::health);
  }

  /**
   * Closes the driver and takes the rig down.
   *
   * @return false if that has been done before
   */
  boolean close() {
    if (life.state() == LifeCycle.State.CLOSED) {
      return false;
    }
    rig.pause();
    life.moveTo(LifeCycle.State.CLOSED);
    options.observer().entered(LifeCycle.State.CLOSED);
    try {
      rig.withdrawWaiting();
      run("close", driver::close);
      reportForgotten("close", Clauses.CLOSE_COMPLETES);
      run("the second close", driver::close);
      probeHealth();
    } catch (HarnessError alreadyReported) {
      // The faults tell; what remains is to take the rig down.
    } finally {
      rig.finish();
    }
    return true;
  }

  private void settle(
      LifeCycle.State passing, String name, Supplier<CompletionStage<Void>> call, ClauseId clause) {
    rig.pause();
    enter(passing);
    if (passing == LifeCycle.State.RESETTING) {
      rig.withdrawWaiting();
    }
    CompletionStage<Void> stage = ask(name, call);
    try {
      rig.controlThread().await(name, stage);
    } catch (CallFailed e) {
      throw threw("the stage of " + name, e.why());
    }
    reportForgotten(name, clause);
  }

  private void reportForgotten(String name, ClauseId clause) {
    for (Submission submission : rig.inFlight()) {
      String why =
          "%s ended, but %s is not completed; it was submitted at %s"
              .formatted(name, submission.request(), submission.origin());
      rig.faults().report(clause, Fault.Kind.FORGOT, submission, why);
      submission.fail(why);
    }
  }

  private void enter(LifeCycle.State next) {
    life.moveTo(next);
    options.observer().entered(next);
    if (next == LifeCycle.State.RUNNING || next == LifeCycle.State.QUIESCED) {
      probe();
    }
  }

  /** Asks again what must always be answered, and the same. */
  private void probe() {
    probeHealth();
    expectSame(Clauses.IDENTITY_CONSTANT, "identity", identity, ask("identity", driver::identity));
    expectSame(
        Clauses.MIGRATION_CONSTANT,
        "migration",
        essence(migration),
        essence(ask("migration", driver::migration)));
    expectSame(
        Clauses.GEOMETRY_CONSTANT, "geometry", rig.geometry(), ask("geometry", driver::geometry));
    rig.queues().forEach(this::probeQueue);
  }

  @SuppressWarnings(
      "ReferenceEquality") // The clause asks for the same object, not for an equal one.
  private void probeQueue(int queue) {
    if (queues.get(queue) != ask("queue", () -> driver.queue(queue))) {
      rig.faults()
          .report(
              Clauses.QUEUES_CONSTANT,
              Fault.Kind.BAD_ANSWER,
              "queue " + queue + " is not the same object each time");
    }
  }

  private void probeHealth() {
    try {
      Health health = rig.controlThread().call("health", driver::health);
      rig.secrets().check("a health message", health.message());
    } catch (CallFailed e) {
      rig.faults()
          .report(
              Clauses.HEALTH_ANSWERS,
              Fault.Kind.THREW,
              "health threw " + e.why() + " in " + life.state());
    }
  }

  private void expectSame(ClauseId clause, String what, Object first, Object now) {
    if (!first.equals(now)) {
      rig.faults()
          .report(clause, Fault.Kind.BAD_ANSWER, what + " was " + first + " and is now " + now);
    }
  }

  /** What of a migration answer can be compared. */
  private static Object essence(Migration migration) {
    return migration instanceof Migration.Stateful stateful
        ? List.of(stateful.kind(), stateful.version())
        : migration;
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
      return rig.controlThread()
          .call(name, () -> Objects.requireNonNull(call.get(), name + " answered null"));
    } catch (CallFailed e) {
      throw threw(name, e.why());
    }
  }

  private HarnessError threw(String name, Throwable why) {
    ClauseId clause = name.endsWith("close") ? Clauses.CLOSE_ALWAYS : Clauses.NEVER_THROWS;
    rig.faults().report(clause, Fault.Kind.THREW, name + " threw " + why);
    return new HarnessError(name + " threw " + why, why);
  }
}
