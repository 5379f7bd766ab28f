package org.tenon.hv.attach;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.hv.memory.MemoryLease;
import org.tenon.spi.Config;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockRequests;

/**
 * One life of one block driver behind one device, from negotiation to close or quarantine. What the
 * driver does wrong is a {@link Fault} and never an exception here. The control methods may be
 * called from any thread; they return at once, run in the order of the calls, and their stages
 * always complete, normally, also when the driver hangs.
 */
public final class BlockAttachment implements Conduct {
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

  /** The most segments that a request has here, whatever the driver would take. */
  private static final int SEGMENTS_LIMIT = 128;

  private static final System.Logger LOG = System.getLogger(BlockAttachment.class.getName());

  private final AttachContext context;
  private final String subject;
  private final BlockAgreement agreement;
  private final MemoryLease lease;
  private final List<RequestTable> tables = new ArrayList<>();
  private final DriverHost host;
  private final AtomicReference<State> state = new AtomicReference<>(State.PAUSED);
  private final FaultRecord faults = new FaultRecord();
  private final List<AttachListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong lateCompletions = new AtomicLong();
  private volatile List<BlockPort> ports = List.of();
  private volatile @Nullable BlockDriver driver;
  private volatile @Nullable BlockGeometry geometry;
  private volatile @Nullable BlockIdentity identity;
  private CompletableFuture<@Nullable Void> tail = CompletableFuture.completedFuture(null);

  private BlockAttachment(
      BlockDriverFactory factory, BlockAgreement agreement, AttachContext context) {
    this.context = context;
    this.agreement = agreement;
    listeners.add(context.listener());
    subject = factory.id().value() + "@" + context.device();
    lease = context.memory().lease();
    for (int i = 0; i < agreement.queues(); i++) {
      tables.add(new RequestTable(agreement.queueDepth(), lease));
    }
    host = new DriverHost(this, context.clock(), context.deadlines(), factory.id().value());
  }

  /**
   * Negotiates with a driver, opens it and starts it. Waits for the driver, each step no longer
   * than its deadline.
   *
   * @param config the user's settings, read against the factory's keys
   * @return the attachment, RUNNING
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static BlockAttachment open(
      BlockDriverFactory factory, BlockOffer offer, Config config, AttachContext context)
      throws AttachException {
    AtomicReference<@Nullable BlockAgreement> answer = new AtomicReference<>();
    ControlCall.await(context, "negotiate", () -> answer.set(factory.negotiate(offer)));
    BlockAgreement agreement = answer.get();
    if (agreement == null || !agreement.isWithin(offer)) {
      throw new AttachException(
          "the driver's %s is not within the %s (%s)"
              .formatted(agreement, offer, Clauses.AGREEMENT_IS_SUBSET));
    }
    BlockAttachment attachment = new BlockAttachment(factory, agreement, context);
    try {
      ControlCall.await(
          context,
          "open",
          () -> attachment.opened(factory.open(agreement, config, attachment.host)));
      ControlCall.await(context, "start", attachment::start);
    } catch (AttachException e) {
      attachment.close();
      throw e;
    }
    attachment.watch();
    return attachment;
  }

  /** Takes the opened driver in; on the control thread. */
  private void opened(BlockDriver opened) {
    if (state.get() == State.CLOSED) {
      opened.close();
      return;
    }
    driver = opened;
    BlockGeometry limits = opened.geometry();
    geometry = limits;
    identity = opened.identity();
    List<BlockPort> made = new ArrayList<>();
    for (int i = 0; i < agreement.queues(); i++) {
      RequestTable table = tables.get(i);
      table.allowSegments(Math.min(limits.maxSegments(), SEGMENTS_LIMIT));
      made.add(
          new BlockPort(
              i,
              Objects.requireNonNull(opened.queue(i), "queue " + i + " is null"),
              table,
              agreement.queueDepth(),
              this));
    }
    ports = List.copyOf(made);
  }

  private void start() throws Exception {
    BlockDriver opened = driver;
    if (opened != null && state.get() == State.PAUSED) {
      opened.start();
      state.compareAndSet(State.PAUSED, State.RUNNING);
    }
  }

  /** The driver's id and its device. */
  @Override
  public String subject() {
    return subject;
  }

  /** Where the attachment is. */
  public State state() {
    return required(state.get());
  }

  /** What was agreed. */
  public BlockAgreement agreement() {
    return agreement;
  }

  /** The device's size and limits, as the driver told last. */
  public BlockGeometry geometry() {
    return required(geometry);
  }

  /** What the device is called. */
  public BlockIdentity identity() {
    return required(identity);
  }

  /** Tells one more of what happens from now on. */
  public void addListener(AttachListener listener) {
    listeners.add(listener);
  }

  /** Tells this one no more. */
  public void removeListener(AttachListener listener) {
    listeners.remove(listener);
  }

  /** The most segments of one request. */
  public int maxSegments() {
    return Math.min(geometry().maxSegments(), SEGMENTS_LIMIT);
  }

  /**
   * A queue.
   *
   * @param index 0 to {@code agreement().queues()} − 1
   */
  public BlockPort port(int index) {
    return ports.get(index);
  }

  /** What the driver did wrong so far, oldest first; the first hundred. */
  public List<Fault> faults() {
    return faults.kept();
  }

  /** Completions that came after the driver's requests had been taken from it; they do no harm. */
  public long lateCompletions() {
    return lateCompletions.get();
  }

  /**
   * Pauses: the stage completes when no request is in flight. Requests staged meanwhile wait for
   * {@link #resume}. Does nothing unless RUNNING.
   */
  public CompletionStage<@Nullable Void> quiesce() {
    return inTurn(() ->
        state.compareAndSet(State.RUNNING, State.PAUSED)
            ? settle("quiesce", Clauses.QUIESCE_COMPLETES_ALL, BlockDriver::quiesce)
            : done());
  }

  /** Ends a pause. Does nothing unless paused. */
  public CompletionStage<@Nullable Void> resume() {
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
   * those not carried out as ABORTED. Does nothing unless RUNNING.
   */
  public CompletionStage<@Nullable Void> reset() {
    return inTurn(() ->
        state.compareAndSet(State.RUNNING, State.PAUSED)
            ? settle("reset", Clauses.RESET_COMPLETES_ALL, BlockDriver::reset)
                .thenRun(this::runAgain)
            : done());
  }

  /**
   * Closes the driver, as when a device is unplugged: requests in flight complete first, as ABORTED
   * where they were not carried out, and later ones fail as NOT_READY.
   */
  public CompletionStage<@Nullable Void> close() {
    return inTurn(() -> {
      State before = state.getAndSet(State.CLOSED);
      return before == State.CLOSED || before == State.QUARANTINED
          ? done()
          : pauseAll()
              .thenCompose(paused -> control("close", BlockAttachment::closeNow))
              .thenRun(this::closed);
    });
  }

  private static CompletionStage<Void> closeNow(BlockDriver driver) {
    driver.close();
    return CompletableFuture.completedStage(null);
  }

  private void closed() {
    checkNothingInFlight("close", Clauses.CLOSE_COMPLETES_ALL);
    ports.forEach(port -> port.kill(Status.NOT_READY));
    List<String> left = host.leftovers();
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
    host.abandon();
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

  private interface Method {
    @Nullable CompletionStage<Void> of(BlockDriver driver) throws Exception;
  }

  /** Pauses, calls, and sees to it that nothing accepted is left; the state stays PAUSED. */
  private CompletableFuture<@Nullable Void> settle(String name, ClauseId clause, Method method) {
    return pauseAll()
        .thenCompose(paused -> {
          if (name.equals("reset")) {
            ports.forEach(BlockPort::abortStaged);
          }
          return control(name, method);
        })
        .thenRun(() -> checkNothingInFlight(name, clause));
  }

  private CompletableFuture<@Nullable Void> pauseAll() {
    return CompletableFuture.allOf(
        ports.stream()
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
  private CompletableFuture<@Nullable Void> control(String name, Method method) {
    BlockDriver called = driver;
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
    int forgotten = ports.stream().mapToInt(BlockPort::inFlight).sum();
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
      ports.forEach(BlockPort::unpause);
    }
  }

  private synchronized CompletableFuture<@Nullable Void> inTurn(
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
  public void fault(ClauseId clause, Fault.Kind kind, String whose, String detail) {
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
    ports.forEach(port -> port.kill(Status.NOT_READY));
    listeners.forEach(listener -> listener.quarantined(because));
    BlockDriver abandoned = driver;
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
    for (BlockPort port : ports) {
      Overdue overdue = port.overdue(request, control);
      if (overdue != null) {
        fault(overdue.clause(), Fault.Kind.HUNG, overdue.subject(), overdue.detail());
        return;
      }
    }
    context.clock().schedule(tick, () -> check(tick, request, control));
  }

  BlockRequests requests(int queue) {
    return tables.get(queue);
  }

  void complete(int queue, int tag, int status, long bytes) {
    State now = state.get();
    if (now == State.QUARANTINED) {
      lateCompletions.incrementAndGet();
    } else if (queue < 0 || queue >= ports.size()) {
      fault(
          Clauses.NOTHING_ELSE_COMPLETED,
          Fault.Kind.COMPLETED_UNKNOWN,
          subject,
          "completed tag %d of queue %d, which does not exist".formatted(tag, queue));
    } else {
      ports.get(queue).complete(tag, status, bytes);
    }
  }

  void queueReady(int queue) {
    if (queue >= 0 && queue < ports.size()) {
      ports.get(queue).driverReady();
    }
  }

  void healthChanged(Health now) {
    listeners.forEach(listener -> listener.healthChanged(now));
  }

  void geometryChanged(BlockGeometry now) {
    BlockGeometry before = geometry;
    if (!agreement.has(BlockCapabilities.RESIZE)) {
      fault(
          Clauses.NO_RESIZE_UNAGREED,
          Fault.Kind.NOT_AGREED,
          subject,
          "reported a change of size to " + now);
    } else if (now == null || (before != null && !now.equals(before.withBlocks(now.blocks())))) {
      fault(
          Clauses.GEOMETRY_FOLLOWS_RESIZE,
          Fault.Kind.BAD_ANSWER,
          subject,
          "reported a change of more than the size: %s to %s".formatted(before, now));
    } else {
      geometry = now;
      listeners.forEach(listener -> listener.geometryChanged(now));
    }
  }

  private static <T> T required(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
