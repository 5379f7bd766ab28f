package org.tenon.hv.attach;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.spi.Config;
import org.tenon.spi.HostClock;
import org.tenon.spi.device.BoardCall;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/**
 * One life of the driver of one PCI function, from negotiation to close or quarantine. What the
 * driver does wrong is a {@link Fault} and never an exception here.
 *
 * <p>The run-loop thread calls {@link #read}, {@link #write}, {@link #functionReset}, {@link
 * #takeNews} and {@link #ring}; each has the driver called on its device thread, and waits for it
 * no longer than the control deadline. The control methods (quiesce, resume, reset, close) may be
 * called from any thread; they return at once, run in the order of the calls, and their stages
 * always complete, normally.
 */
public final class DeviceAttachment implements Conduct {
  /** Where an attachment is. */
  public enum State {
    /** Accesses go to the driver. */
    RUNNING,
    /** A pause or a reset: accesses answer all ones. */
    PAUSED,
    /** The driver broke a promise: accesses answer all ones. */
    QUARANTINED,
    /** The driver was closed: accesses answer all ones. */
    CLOSED
  }

  private static final System.Logger LOG = System.getLogger(DeviceAttachment.class.getName());

  private final AttachContext context;
  private final DeviceThread thread;
  private final String subject;
  private final DeviceOffer offer;
  private final DeviceAgreement agreement;
  private final DriverThreads threads = new DriverThreads(this);
  private final FunctionHost host;
  private final DeviceDma dma;
  private final DeviceTimers timers = new DeviceTimers(this);
  private final BoardCalls calls = new BoardCalls(this::news);
  private final DriverWork boardCalls = new DriverWork("a board call", calls::run);
  private final DriverWork dueTimers = new DriverWork("a timer", timers::ring);
  private final AtomicReference<State> state = new AtomicReference<>(State.PAUSED);
  private final FaultRecord faults = new FaultRecord();
  private final List<AttachListener> listeners = new CopyOnWriteArrayList<>();
  private final long limitNanos;

  /** Whether the run loop waits for the device thread. */
  private volatile boolean performing;

  private volatile @Nullable DeviceBoard board;
  private volatile @Nullable DeviceDriver driver;
  private volatile @Nullable PciFunctionDescription function;
  private @Nullable DeviceAccess access;
  private CompletableFuture<@Nullable Void> tail = CompletableFuture.completedFuture(null);

  private DeviceAttachment(
      DeviceDriverFactory factory,
      DeviceOffer offer,
      DeviceAgreement agreement,
      AttachContext context,
      DeviceThread thread) {
    this.context = context;
    this.thread = thread;
    this.offer = offer;
    this.agreement = agreement;
    listeners.add(context.listener());
    subject = factory.id().value() + "@" + context.device();
    dma = new DeviceDma(context.memory(), context.clock(), offer.maxLeases());
    host = new FunctionHost(this, context.deadlines(), threads, factory.id().value());
    limitNanos = context.deadlines().control().toNanos();
  }

  /**
   * Negotiates with a driver, opens it and starts it: {@link #prepare} and {@link #start()}.
   *
   * @return the attachment, RUNNING; nothing reaches the guest until {@link #connect}
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static DeviceAttachment open(
      DeviceDriverFactory factory, DeviceOffer offer, Config config, AttachContext context)
      throws AttachException {
    DeviceAttachment attachment = prepare(factory, offer, config, context);
    attachment.start();
    return attachment;
  }

  /**
   * Negotiates with a driver and opens it. Waits for the driver, each step no longer than its
   * deadline.
   *
   * @param config the user's settings, read against the factory's keys
   * @param context its control thread is not used: the driver has a device thread
   * @return the attachment, PAUSED until it is started
   * @throws AttachException as of {@link #open}
   */
  public static DeviceAttachment prepare(
      DeviceDriverFactory factory, DeviceOffer offer, Config config, AttachContext context)
      throws AttachException {
    DeviceThread thread = new DeviceThread(context.device());
    AttachContext onThread = context.on(thread);
    AtomicReference<@Nullable DeviceAgreement> answer = new AtomicReference<>();
    try {
      ControlCall.await(onThread, "negotiate", () -> answer.set(factory.negotiate(offer)));
    } catch (AttachException e) {
      thread.close();
      throw e;
    }
    DeviceAgreement agreement = answer.get();
    if (agreement == null || !agreement.isWithin(offer)) {
      thread.close();
      throw new AttachException(
          "the driver's %s is not within the %s (%s)"
              .formatted(agreement, offer, Clauses.DEVICE_AGREEMENT_IS_SUBSET));
    }
    DeviceAttachment attachment = new DeviceAttachment(factory, offer, agreement, onThread, thread);
    try {
      ControlCall.await(
          onThread,
          "open",
          () -> attachment.opened(factory.open(agreement, config, attachment.host)));
    } catch (AttachException e) {
      attachment.close();
      throw e;
    }
    return attachment;
  }

  /**
   * Starts the driver that was opened; once.
   *
   * @throws AttachException if it refuses, fails or hangs; it is closed then
   */
  public void start() throws AttachException {
    try {
      ControlCall.await(context, "start", this::startDriver);
    } catch (AttachException e) {
      close();
      throw e;
    }
  }

  /**
   * Gives the opened driver, before {@link #start()}, what another has saved.
   *
   * @throws AttachException if it does not take it; it is closed then
   */
  public void restore(DriverState saved) throws AttachException {
    try {
      ControlCall.await(context, "restore", () -> DriverMigration.restore(opened(), saved));
    } catch (AttachException e) {
      close();
      throw e;
    }
  }

  /**
   * The driver's state, for a save; while paused.
   *
   * @throws AttachException where it cannot be saved, with the driver's reason
   */
  public DriverState saveState() throws AttachException {
    if (state.get() != State.PAUSED) {
      throw new AttachException(
          "%s: the driver is %s, so it has no state to save".formatted(context.device(), state()));
    }
    AtomicReference<DriverState> saved = new AtomicReference<>(DriverState.NONE);
    ControlCall.await(context, "save", () -> saved.set(DriverMigration.save(opened())));
    return Objects.requireNonNull(saved.get());
  }

  private DeviceDriver opened() {
    return Objects.requireNonNull(driver);
  }

  /** Takes the opened driver in; on the device thread. */
  private void opened(DeviceDriver opened) throws AttachException {
    if (state.get() == State.CLOSED) {
      opened.close();
      return;
    }
    driver = opened;
    PciFunctionDescription described = opened.function();
    if (described == null || !described.isWithin(agreement, offer)) {
      throw new AttachException(
          "%s is not within the %s and the %s (%s)"
              .formatted(described, agreement, offer, Clauses.FUNCTION_WITHIN_AGREEMENT));
    }
    function = described;
    access = new DeviceAccess(opened);
  }

  private void startDriver() throws Exception {
    DeviceDriver opened = driver;
    if (opened != null && state.get() == State.PAUSED) {
      opened.start();
      state.compareAndSet(State.PAUSED, State.RUNNING);
    }
  }

  /** Puts the function on its board; before the guest runs. */
  public void connect(DeviceBoard where) {
    board = where;
    where.news();
  }

  /** The driver's id and its device. */
  @Override
  public String subject() {
    return subject;
  }

  /** Where the attachment is. */
  public State state() {
    return Objects.requireNonNull(state.get());
  }

  /** What was agreed. */
  public DeviceAgreement agreement() {
    return agreement;
  }

  /** What the configuration space says. */
  public PciFunctionDescription function() {
    return Objects.requireNonNull(function);
  }

  /** Tells one more of what happens from now on. */
  public void addListener(AttachListener listener) {
    listeners.add(listener);
  }

  /** What the driver did wrong so far, oldest first; the first hundred. */
  public List<Fault> faults() {
    return faults.kept();
  }

  /** The guest reads behind a BAR; run-loop thread. All ones where no driver answers. */
  public long read(int bar, int offset, int size) {
    DeviceAccess asked = access;
    if (state.get() != State.RUNNING || asked == null) {
      return -1;
    }
    asked.read(bar, offset, size);
    return perform(asked) ? asked.value() : -1;
  }

  /** The guest writes behind a BAR; run-loop thread. */
  public void write(int bar, int offset, int size, long value) {
    DeviceAccess asked = access;
    if (state.get() == State.RUNNING && asked != null) {
      asked.write(bar, offset, size, value);
      var _ = perform(asked);
    }
  }

  private boolean perform(DeviceAccess asked) {
    if (!onDeviceThread(asked)) {
      hung(asked.toString());
      return false;
    }
    Throwable thrown = asked.thrown();
    if (thrown != null) {
      threw(asked.toString(), thrown);
    }
    return thrown == null;
  }

  /**
   * Lets the function use guest memory, or takes the leave away, and waits for what still uses it;
   * run-loop thread.
   */
  public void setBusMaster(boolean allowed) {
    dma.setOpen(allowed);
    if (!allowed && isServing() && !dma.awaitTakenBack(limitNanos)) {
      hung(Clauses.LEASE_IS_OVER, "a system call that uses memory which was taken back");
    }
  }

  /** The guest resets the function; run-loop thread. */
  public void functionReset(int level) {
    DeviceDriver called = driver;
    if (called != null) {
      String name = "functionReset(" + ResetLevel.name(level) + ")";
      perform(new DriverWork(name, () -> called.functionReset(level)));
    }
  }

  /** Does what the board has been told of with {@link DeviceBoard#news}; run-loop thread. */
  public void takeNews() {
    DeviceBoard on = board;
    if (on != null) {
      timers.setTime(on.machineTime());
    }
    if (calls.anyRaised()) {
      perform(boardCalls);
    }
  }

  /** When to call {@link #ring}, in machine time; {@code Long.MAX_VALUE} for never. */
  public long nextTimer() {
    return state.get() == State.RUNNING ? timers.next() : DeviceTimers.NEVER;
  }

  /** Runs the driver's timers that are due; run-loop thread. */
  public void ring() {
    perform(dueTimers);
  }

  private void perform(DriverWork work) {
    if (state.get() != State.RUNNING) {
      return;
    }
    if (!onDeviceThread(work)) {
      hung(work.name());
      return;
    }
    Throwable thrown = work.thrown();
    if (thrown != null) {
      threw(work.name(), thrown);
    }
  }

  /** False where the driver does not come back. */
  private boolean onDeviceThread(Runnable work) {
    DeviceBoard on = board;
    if (on != null) {
      timers.setTime(on.machineTime());
    }
    performing = true;
    boolean over = thread.perform(work, limitNanos);
    performing = false;
    return over;
  }

  private void hung(String what) {
    hung(Clauses.ACCESS_RETURNS, what);
  }

  private void hung(ClauseId clause, String what) {
    fault(
        clause,
        Fault.Kind.HUNG,
        subject,
        "%s has not returned within %s".formatted(what, context.deadlines().control()));
  }

  private void threw(String what, Throwable thrown) {
    fault(Clauses.ACCESS_NEVER_THROWS, Fault.Kind.THREW, subject, what + " threw " + thrown);
  }

  /** Whether the caller is the driver, called while the run loop waits. */
  boolean isInCall() {
    return performing && thread.isCurrent();
  }

  void news() {
    DeviceBoard on = board;
    if (on != null) {
      on.news();
    }
  }

  void signal(int vector) {
    DeviceBoard on = board;
    if (!agreement.hasMessages()) {
      notAgreed(Clauses.SIGNALS_AS_AGREED, "sent an interrupt message");
    } else if (vector < 0 || vector >= agreement.vectors()) {
      fault(
          Clauses.SIGNALS_AS_AGREED,
          Fault.Kind.BAD_ANSWER,
          subject,
          "sent vector %d; there are %d".formatted(vector, agreement.vectors()));
    } else if (on != null && isServing()) {
      on.signal(vector);
    }
  }

  void setIntx(boolean asserted) {
    DeviceBoard on = board;
    if (!agreement.has(DeviceCapabilities.INTX)) {
      notAgreed(Clauses.PIN_AS_AGREED, "drove the interrupt pin");
    } else if (on != null && isServing()) {
      on.setIntx(asserted);
    }
  }

  boolean messagesEnabled() {
    DeviceBoard on = board;
    return on != null && on.messagesEnabled();
  }

  private boolean isServing() {
    State now = state.get();
    return now == State.RUNNING || now == State.PAUSED;
  }

  /** Whether DMA was agreed; using it all the same is a fault. */
  boolean mayMaster(String call) {
    if (!agreement.has(DeviceCapabilities.BUS_MASTER)) {
      notAgreed(Clauses.DMA_AS_AGREED, "called " + call);
      return false;
    }
    return true;
  }

  private void notAgreed(ClauseId clause, String did) {
    fault(clause, Fault.Kind.NOT_AGREED, subject, did + ", which was not agreed");
  }

  DeviceDma dma() {
    return dma;
  }

  HostClock timers() {
    return timers;
  }

  BoardCall onBoard(Runnable work) {
    return calls.add(work);
  }

  void healthChanged(Health now) {
    listeners.forEach(listener -> listener.healthChanged(now));
  }

  /** Pauses: the stage completes when the function is at rest. Does nothing unless RUNNING. */
  public CompletionStage<@Nullable Void> quiesce() {
    return inTurn(() ->
        state.compareAndSet(State.RUNNING, State.PAUSED)
            ? control("quiesce", DeviceDriver::quiesce)
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

  /** Makes the function as new. Does nothing unless RUNNING. */
  public CompletionStage<@Nullable Void> reset() {
    return inTurn(() ->
        state.compareAndSet(State.RUNNING, State.PAUSED)
            ? control("reset", DeviceDriver::reset).thenRun(this::runAgain)
            : done());
  }

  private void runAgain() {
    if (state.compareAndSet(State.PAUSED, State.RUNNING)) {
      news();
    }
  }

  /** Closes the driver, as when a device is unplugged. */
  public CompletionStage<@Nullable Void> close() {
    return inTurn(() -> {
      State before = state.getAndSet(State.CLOSED);
      return before == State.CLOSED || before == State.QUARANTINED
          ? done()
          : control("close", DeviceAttachment::closeNow).thenRun(this::closed);
    });
  }

  private static CompletionStage<Void> closeNow(DeviceDriver driver) {
    driver.close();
    return CompletableFuture.completedStage(null);
  }

  private void closed() {
    List<String> left = new ArrayList<>(threads.alive());
    if (timers.count() > 0) {
      left.add(timers.count() + " timers");
    }
    if (dma.leased() > 0) {
      left.add(dma.leased() + " DMA leases");
    }
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
    dma.end();
    timers.clear();
    threads.interrupt();
    thread.close();
  }

  private interface Method {
    @Nullable CompletionStage<Void> of(DeviceDriver driver) throws Exception;
  }

  /** Calls the driver; what it throws, and that it does not return, is a fault. */
  private CompletableFuture<@Nullable Void> control(String name, Method method) {
    DeviceDriver called = driver;
    if (called == null || state.get() == State.QUARANTINED) {
      return done();
    }
    return ControlCall.run(context, () -> method.of(called))
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
    dma.end();
    DeviceBoard on = board;
    if (on != null) {
      on.setIntx(false);
    }
    listeners.forEach(listener -> listener.quarantined(because));
    DeviceDriver abandoned = driver;
    if (abandoned != null) {
      var _ =
          ControlCall.run(context, () -> closeNow(abandoned))
              .whenComplete((nothing, failure) -> release());
    }
  }
}
