package org.tenon.hv.attach;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.hv.memory.MemoryLease;
import org.tenon.spi.Driver;

/**
 * One life of one driver behind one device, from opening to close or quarantine, whatever the
 * driver serves. What the driver does wrong is a {@link Fault} and never an exception here. The
 * control methods may be called from any thread; they return at once, run in the order of the
 * calls, and their stages always complete, normally, also when the driver hangs.
 */
public abstract sealed class Attachment implements Conduct permits BlockAttachment, NicAttachment {
  /** Where an attachment is. */
  public enum State {
    /** Requests go to the driver. */
    RUNNING,
    /** Requests wait: a pause or a reset. */
    PAUSED,
    /** The driver broke a promise: requests fail. */
    QUARANTINED,
    /** The driver was closed: requests fail. */
    CLOSED
  }

  private static final System.Logger LOG = System.getLogger(Attachment.class.getName());

  private final AttachContext context;
  private final String subject;
  private final MemoryLease lease;
  private final AtomicReference<State> state = new AtomicReference<>(State.PAUSED);
  private final FaultRecord faults = new FaultRecord();
  private final List<AttachListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong lateCompletions = new AtomicLong();
  private volatile List<? extends TagPort> tagPorts = List.of();
  private volatile @Nullable Driver driver;
  private CompletableFuture<@Nullable Void> tail = CompletableFuture.completedFuture(null);

  Attachment(String driverId, AttachContext context) {
    this.context = context;
    listeners.add(context.listener());
    subject = driverId + "@" + context.device();
    lease = context.memory().lease();
  }

  /** The host as the driver sees it. */
  abstract DriverHost host();

  /** What is broken where close leaves something with the driver. */
  abstract ClauseId closeClause();

  /** The driver and all that is in flight have come to rest; the state is PAUSED. */
  void rested() {}

  final MemoryLease lease() {
    return lease;
  }

  /** Opens the driver, so that it can be looked at before it serves. */
  final void open(Callable<? extends Driver> open) throws AttachException {
    try {
      ControlCall.await(context, "open", () -> opened(open.call()));
    } catch (AttachException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a prepared driver.
   *
   * @throws AttachException if it fails or hangs; it is closed then
   */
  public final void start() throws AttachException {
    begin(() -> {});
  }

  /**
   * Gives a prepared driver the state that one like it has saved, and starts it.
   *
   * @throws AttachException if it refuses, fails or hangs; it is closed then
   */
  public final void start(DriverState saved) throws AttachException {
    begin(() ->
        ControlCall.await(
            context, "restore", () -> DriverMigration.restore(required(driver), saved)));
  }

  private interface Preparation {
    void run() throws AttachException;
  }

  private void begin(Preparation first) throws AttachException {
    try {
      first.run();
      ControlCall.await(context, "start", this::startDriver);
    } catch (AttachException e) {
      close();
      throw e;
    }
    watch();
  }

  /**
   * The driver's state, for a save; while paused.
   *
   * @throws AttachException where it cannot be saved, with the driver's reason
   */
  public final DriverState saveState() throws AttachException {
    if (state.get() != State.PAUSED) {
      throw new AttachException(
          "%s: the driver is %s, so it has no state to save".formatted(context.device(), state()));
    }
    AtomicReference<DriverState> saved = new AtomicReference<>(DriverState.NONE);
    ControlCall.await(context, "save", () -> saved.set(DriverMigration.save(required(driver))));
    return required(saved.get());
  }

  /** Takes the opened driver in; on the control thread. */
  private void opened(Driver opened) {
    if (state.get() == State.CLOSED) {
      opened.close();
      return;
    }
    driver = opened;
    tagPorts = ports(opened);
  }

  /** Asks the opened driver what it is and makes its ports; on the control thread. */
  abstract List<? extends TagPort> ports(Driver opened);

  private void startDriver() throws Exception {
    Driver opened = driver;
    if (opened != null && state.get() == State.PAUSED) {
      opened.start();
      state.compareAndSet(State.PAUSED, State.RUNNING);
    }
  }

  /** The driver's id and its device. */
  @Override
  public final String subject() {
    return subject;
  }

  /** Where the attachment is. */
  public final State state() {
    return required(state.get());
  }

  /** Tells one more of what happens from now on. */
  public final void addListener(AttachListener listener) {
    listeners.add(listener);
  }

  /** Tells this one no more. */
  public final void removeListener(AttachListener listener) {
    listeners.remove(listener);
  }

  /** What the driver did wrong so far, oldest first; the first hundred. */
  public final List<Fault> faults() {
    return faults.kept();
  }

  /** Completions that came after the driver's requests had been taken from it; they do no harm. */
  public final long lateCompletions() {
    return lateCompletions.get();
  }

  /**
   * Pauses: the stage completes when no request is in flight. Requests staged meanwhile wait for
   * {@link #resume}. Does nothing unless RUNNING.
   */
  public final CompletionStage<@Nullable Void> quiesce() {
    return inTurn(() ->
        state.compareAndSet(State.RUNNING, State.PAUSED)
            ? settle("quiesce", Clauses.QUIESCE_COMPLETES_ALL, Driver::quiesce)
            : done());
  }

  /** Ends a pause. Does nothing unless paused. */
  public final CompletionStage<@Nullable Void> resume() {
    return inTurn(() ->
        state.get() != State.PAUSED
            ? done()
            : control(
                    "resume",
                    d -> {
                      d.resume();
                      return CompletableFuture.completedStage(null);
                    })
                .thenRun(this::runAgain));
  }

  /**
   * Ends what the guest had in flight: the stage completes when every request is on its way back,
   * those not carried out as ABORTED. In a pause, which goes on, those that wait for its end.
   */
  public final CompletionStage<@Nullable Void> reset() {
    return inTurn(() -> {
      if (state.compareAndSet(State.RUNNING, State.PAUSED)) {
        return settle("reset", Clauses.RESET_COMPLETES_ALL, Driver::reset).thenRun(this::runAgain);
      }
      if (state.get() == State.PAUSED) {
        tagPorts.forEach(TagPort::abortStaged);
      }
      return done();
    });
  }

  /**
   * Closes the driver, as when a device is unplugged: requests in flight complete first, as ABORTED
   * where they were not carried out, and later ones fail as NOT_READY.
   */
  public final CompletionStage<@Nullable Void> close() {
    return inTurn(() -> {
      State before = state.getAndSet(State.CLOSED);
      return before == State.CLOSED || before == State.QUARANTINED
          ? done()
          : pauseAll()
              .thenCompose(paused -> control("close", Attachment::closeNow))
              .thenRun(this::closed);
    });
  }

  private static CompletionStage<Void> closeNow(Driver driver) {
    driver.close();
    return CompletableFuture.completedStage(null);
  }

  private void closed() {
    checkNothingInFlight("close", closeClause());
    tagPorts.forEach(port -> port.kill(Status.NOT_READY));
    List<String> left = host().leftovers();
    if (!left.isEmpty()) {
      fault(
          Clauses.TIMERS_AND_THREADS_END,
          Fault.Kind.LEAKED,
          subject,
          "after close it still has " + String.join(", ", left));
    }
    release();
  }

  /** Takes everything back from a driver whose life is over. */
  private void release() {
    host().abandon();
    if (context.control() instanceof ControlThread thread) {
      thread.close();
    }
    revoke();
  }

  /** Takes guest RAM back, as soon as no system call of the driver's uses it any more. */
  private void revoke() {
    if (!lease.revoke()) {
      context.clock().schedule(Duration.ofMillis(100), this::revoke);
    }
  }

  /** A control method of the driver. */
  interface Method {
    @Nullable CompletionStage<Void> of(Driver driver) throws Exception;
  }

  /** Pauses, calls, and sees to it that nothing accepted is left; the state stays PAUSED. */
  private CompletableFuture<@Nullable Void> settle(String name, ClauseId clause, Method method) {
    return pauseAll()
        .thenCompose(paused -> {
          if (name.equals("reset")) {
            tagPorts.forEach(TagPort::abortStaged);
          }
          return control(name, method);
        })
        .thenRun(() -> {
          checkNothingInFlight(name, clause);
          rested();
        });
  }

  private CompletableFuture<@Nullable Void> pauseAll() {
    return CompletableFuture.allOf(
        tagPorts.stream()
            .map(port -> {
              CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
              port.pause(() -> idle.complete(null));
              return idle;
            })
            .toArray(CompletableFuture[]::new));
  }

  /**
   * Calls the driver; what it throws, and that it does not return, is a fault. Never completes
   * exceptionally.
   */
  final CompletableFuture<@Nullable Void> control(String name, Method method) {
    Driver called = driver;
    if (called == null || state.get() == State.QUARANTINED) {
      return done();
    }
    Callable<@Nullable CompletionStage<Void>> call = () -> method.of(called);
    return ControlCall.run(context, call)
        .handle((nothing, failure) -> {
          if (failure instanceof TimeoutException) {
            fault(
                Clauses.CONTROL_DEADLINE,
                Fault.Kind.HUNG,
                subject,
                "%s did not end within %s".formatted(name, context.deadlines().control()));
          } else if (failure != null) {
            fault(
                Clauses.NO_METHOD_THROWS,
                Fault.Kind.THREW,
                subject,
                name + " failed with " + failure);
          }
          return null;
        });
  }

  private void checkNothingInFlight(String name, ClauseId clause) {
    int forgotten = tagPorts.stream().mapToInt(TagPort::inFlight).sum();
    if (forgotten > 0 && state.get() != State.QUARANTINED) {
      fault(
          clause,
          Fault.Kind.FORGOT,
          subject,
          "%s ended with %d requests in flight".formatted(name, forgotten));
    }
  }

  private void runAgain() {
    if (state.compareAndSet(State.PAUSED, State.RUNNING)) {
      tagPorts.forEach(TagPort::unpause);
    }
  }

  final synchronized CompletableFuture<@Nullable Void> inTurn(
      Supplier<CompletableFuture<@Nullable Void>> operation) {
    tail =
        tail.thenCompose(before -> operation.get())
            .exceptionally(broken -> {
              LOG.log(Level.ERROR, "control of " + subject, broken);
              return null;
            });
    return tail;
  }

  private static CompletableFuture<@Nullable Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public final void fault(ClauseId clause, Fault.Kind kind, String whose, String detail) {
    Fault fault = new Fault(clause, kind, whose, detail);
    faults.add(fault);
    listeners.forEach(listener -> listener.fault(fault));
    quarantine(fault);
  }

  private void quarantine(Fault because) {
    State before = state.getAndUpdate(s -> s == State.CLOSED ? s : State.QUARANTINED);
    if (before == State.QUARANTINED || before == State.CLOSED) {
      return;
    }
    // First the RAM, so that what the guest is told has failed cannot be written afterwards.
    revoke();
    tagPorts.forEach(port -> port.kill(Status.NOT_READY));
    listeners.forEach(listener -> listener.quarantined(because));
    Driver abandoned = driver;
    if (abandoned != null) {
      var _ =
          ControlCall.run(context, () -> closeNow(abandoned))
              .whenComplete((nothing, failure) -> release());
    }
  }

  private void watch() {
    long request = context.deadlines().request().toNanos();
    long control = context.deadlines().control().toNanos();
    long period = Math.clamp(Math.min(request, control) / 4, 1_000_000L, 1_000_000_000L);
    Duration tick = Duration.ofNanos(period);
    context
        .clock()
        .schedule(tick, () -> check(tick, ticks(request, period), ticks(control, period)));
  }

  /** How many whole ticks are no less than the time. */
  private static int ticks(long nanos, long period) {
    return (int) Math.min(Math.ceilDiv(nanos, period), Integer.MAX_VALUE / 2);
  }

  private void check(Duration tick, int request, int control) {
    if (state.get() == State.CLOSED || state.get() == State.QUARANTINED) {
      return;
    }
    for (TagPort port : tagPorts) {
      Overdue overdue = port.overdue(request, control);
      if (overdue != null) {
        fault(overdue.clause(), Fault.Kind.HUNG, overdue.subject(), overdue.detail());
        return;
      }
    }
    context.clock().schedule(tick, () -> check(tick, request, control));
  }

  /** Whether what the driver calls still counts; one that comes too late is counted. */
  final boolean counts() {
    if (state.get() == State.QUARANTINED) {
      lateCompletions.incrementAndGet();
      return false;
    }
    return true;
  }

  final void forEachListener(Consumer<AttachListener> told) {
    listeners.forEach(told);
  }

  final void healthChanged(Health now) {
    forEachListener(listener -> listener.healthChanged(now));
  }

  static <T> T required(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
