package org.tenon.kit.testing;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.spi.Config;
import org.tenon.spi.Driver;
import org.tenon.spi.DriverException;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.Migration;

/**
 * Leads one driver of any class through its life on the control thread, and looks in each state
 * whether it keeps its word.
 */
abstract class DriverControl<D extends Driver> {
  /** A call after which nothing may be in flight. */
  enum Rest {
    QUIESCE("quiesce"),
    RESET("reset"),
    CLOSE("close");

    private final String call;

    Rest(String call) {
      this.call = call;
    }

    @Override
    public String toString() {
      return call;
    }
  }

  private final Rig rig;
  private final D driver;
  private final Consumer<LifeCycle.State> observer;
  private final LifeCycle life = new LifeCycle();
  private final Migration migration;

  DriverControl(Rig rig, D driver, Consumer<LifeCycle.State> observer) {
    this.rig = rig;
    this.driver = driver;
    this.observer = observer;
    this.migration = ask("migration", driver::migration);
  }

  /** A factory's {@code open}. */
  @FunctionalInterface
  interface Opening<D> {
    D open(Config config) throws DriverException;
  }

  /**
   * Opens a driver and takes it over; one that cannot even say what it is, is closed.
   *
   * @param lead makes its control
   * @throws DriverException if the driver refuses
   */
  static <D extends Driver, C extends DriverControl<D>> C open(
      Rig rig,
      DriverFactory factory,
      HarnessOptions options,
      Opening<D> opening,
      Function<D, C> lead)
      throws DriverException {
    D driver;
    try {
      Config config = Config.of(factory.configKeys(), options.settings(), options.files());
      driver =
          Objects.requireNonNull(
              rig.services().control().call("open", () -> opening.open(config)),
              "open returned null");
    } catch (CallFailed e) {
      throw refused(rig, e.why());
    } catch (DriverException | RuntimeException | Error e) {
      rig.finish();
      throw e;
    }
    try {
      return lead.apply(driver);
    } catch (HarnessError e) {
      try {
        rig.services().control().call("close", Executors.callable(driver::close));
      } catch (CallFailed worse) {
        e.addSuppressed(worse);
      }
      rig.finish();
      throw e;
    }
  }

  /** Ends the rig of a driver that did not open, and gives what is to be thrown. */
  private static DriverException refused(Rig rig, Throwable why) {
    rig.finish();
    if (why instanceof DriverException refusal) {
      checkMessage(rig.services(), refusal);
      return refusal;
    }
    rig.services()
        .faults()
        .report(DriverClauses.OPEN_FAILS_CLEANLY, Fault.Kind.THREW, "open threw " + why);
    throw new HarnessError("open threw " + why, why);
  }

  private static void checkMessage(HostServices services, DriverException refusal) {
    String message = Objects.requireNonNullElse(refusal.getMessage(), "");
    services.secrets().check("an exception", message);
    if (message.isBlank() || message.lines().count() > 1) {
      services
          .faults()
          .report(
              DriverClauses.OPEN_FAILS_CLEANLY,
              Fault.Kind.BAD_ANSWER,
              "open failed with a message that is not one line: " + message.lines().toList());
    }
  }

  /** Lets what waits through to a driver that serves. */
  abstract void serve();

  /** Asks again what must always be answered, and the same, in the driver's class. */
  abstract void probeClass();

  /** Reports what the driver still has when nothing may be in flight. */
  abstract void reportForgotten(Rest rest);

  final D driver() {
    return driver;
  }

  final LifeCycle.State state() {
    return life.state();
  }

  final void start() throws DriverException {
    try {
      rig.services()
          .control()
          .call(
              "start",
              () -> {
                driver.start();
                return true;
              });
    } catch (CallFailed e) {
      if (e.why() instanceof DriverException refusal) {
        rig.services().secrets().check("an exception", refusal.getMessage());
        throw refusal;
      }
      throw threw("start", e.why());
    }
    enter(LifeCycle.State.RUNNING);
    serve();
  }

  final void quiesce() {
    settle(LifeCycle.State.QUIESCING, Rest.QUIESCE, driver::quiesce);
    enter(LifeCycle.State.QUIESCED);
  }

  final void resume() {
    run("resume", driver::resume);
    enter(LifeCycle.State.RUNNING);
    serve();
  }

  final void reset() {
    settle(LifeCycle.State.RESETTING, Rest.RESET, driver::reset);
    enter(LifeCycle.State.RUNNING);
    serve();
  }

  final Health health() {
    return ask("health", driver::health);
  }

  /**
   * Closes the driver and takes the rig down.
   *
   * @return false if that has been done before
   */
  final boolean close() {
    if (life.state() == LifeCycle.State.CLOSED) {
      return false;
    }
    rig.pause();
    life.moveTo(LifeCycle.State.CLOSED);
    observer.accept(LifeCycle.State.CLOSED);
    try {
      rig.withdrawWaiting();
      run("close", driver::close);
      reportForgotten(Rest.CLOSE);
      run("the second close", driver::close);
      probeHealth();
    } catch (HarnessError alreadyReported) {
      // The faults tell; what remains is to take the rig down.
    } finally {
      rig.finish();
    }
    return true;
  }

  private void settle(LifeCycle.State passing, Rest rest, Supplier<CompletionStage<Void>> call) {
    rig.pause();
    enter(passing);
    if (passing == LifeCycle.State.RESETTING) {
      rig.withdrawWaiting();
    }
    CompletionStage<Void> stage = ask(rest.toString(), call);
    try {
      rig.services().control().await(rest.toString(), stage);
    } catch (CallFailed e) {
      throw threw("the stage of " + rest, e.why());
    }
    reportForgotten(rest);
  }

  private void enter(LifeCycle.State next) {
    life.moveTo(next);
    observer.accept(next);
    if (next == LifeCycle.State.RUNNING || next == LifeCycle.State.QUIESCED) {
      probe();
    }
  }

  /** Asks again what must always be answered, and the same. */
  final void probe() {
    probeHealth();
    expectSame(
        DriverClauses.MIGRATION_CONSTANT,
        "migration",
        essence(migration),
        essence(ask("migration", driver::migration)));
    probeClass();
  }

  private void probeHealth() {
    try {
      Health health = rig.services().control().call("health", driver::health);
      rig.services().secrets().check("a health message", health.message());
    } catch (CallFailed e) {
      rig.services()
          .faults()
          .report(
              DriverClauses.HEALTH_ANSWERS,
              Fault.Kind.THREW,
              "health threw " + e.why() + " in " + life.state());
    }
  }

  final void expectSame(ClauseId clause, String what, Object first, Object now) {
    if (!first.equals(now)) {
      rig.services()
          .faults()
          .report(clause, Fault.Kind.BAD_ANSWER, what + " was " + first + " and is now " + now);
    }
  }

  /** Reports a pair of queues, or a queue, that is not always the same object. */
  @SuppressWarnings(
      "ReferenceEquality") // The clause asks for the same object, not for an equal one.
  final void expectSameObject(ClauseId clause, String what, Object first, Object now) {
    if (first != now) {
      rig.services()
          .faults()
          .report(clause, Fault.Kind.BAD_ANSWER, what + " is not the same object each time");
    }
  }

  /** What of a migration answer can be compared. */
  private static Object essence(Migration migration) {
    return migration instanceof Migration.Stateful stateful
        ? List.of(stateful.kind(), stateful.version())
        : migration;
  }

  final void run(String name, Runnable call) {
    ask(
        name,
        () -> {
          call.run();
          return name;
        });
  }

  final <T> T ask(String name, Supplier<T> call) {
    try {
      return rig.services()
          .control()
          .call(name, () -> Objects.requireNonNull(call.get(), name + " answered null"));
    } catch (CallFailed e) {
      throw threw(name, e.why());
    }
  }

  private HarnessError threw(String name, Throwable why) {
    ClauseId clause =
        name.endsWith("close") ? DriverClauses.CLOSE_ALWAYS : DriverClauses.NEVER_THROWS;
    rig.services().faults().report(clause, Fault.Kind.THREW, name + " threw " + why);
    return new HarnessError(name + " threw " + why, why);
  }
}
