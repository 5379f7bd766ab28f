package org.tenon.hv.nvme;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.spi.block.BlockGeometry;

/**
 * The controller (chapters 3 and 7): its life, its queues, and what they share.
 *
 * <pre>{@code
 *            CC.EN 1                    CC.SHN
 * DISABLED ──────────▶ READY ──────────────────────▶ READY, shut down
 *    ▲    bad queues │   │ CC.EN 0
 *    │               ▼   ▼
 *    │           FATAL   RESETTING
 *    └──────────────┴────────┘ the driver has given everything back
 * }</pre>
 */
final class NvmeController implements PortWork, AttachListener, Saved {
  /** The most entries of an I/O queue. */
  static final int MOST_ENTRIES = 1024;

  /** The most entries of an admin queue. */
  static final int MOST_ADMIN_ENTRIES = 4096;

  private static final System.Logger LOG = System.getLogger(NvmeController.class.getName());
  private static final int NAMESPACE_EVENT = 8;

  /** What the controller reports in CSTS. */
  enum Phase {
    DISABLED,
    READY,
    FATAL,
    RESETTING
  }

  private final BlockAttachment attachment;
  private final GuestMemory memory;
  private final BusMaster master;
  private final QueueSchedule schedule;
  private final Handoff resetOver;
  private final Handoff sizeChanged;
  private final Consumer<CompletionStage<?>> onReset;
  private final List<IoQueue> ioQueues = new ArrayList<>();
  private final @Nullable CompletionQueue[] completionQueues;
  private final Features features;
  private final Counters counters = new Counters();
  private final LogPages logs;
  private final AsyncEvents events = new AsyncEvents();
  private final InterruptVectors interrupts;
  private final AdminCommands admin;
  private final NvmeCommand command = new NvmeCommand();
  private final Deque<NvmeState.Answer> answers = new ArrayDeque<>();
  private volatile Namespace namespace;
  private @Nullable SubmissionQueue adminQueue;
  private Phase phase = Phase.DISABLED;
  private Shutdown shutdown = Shutdown.NONE;
  private @Nullable Runnable enableAfterReset;
  private CompletionStage<@Nullable Void> lastReset = CompletableFuture.completedStage(null);

  /** How far a shutdown is (CSTS.SHST). */
  enum Shutdown {
    NONE,
    UNDER_WAY,
    COMPLETE
  }

  /** What surrounds a controller. */
  record Surroundings(
      GuestMemory memory,
      BusMaster master,
      QueueSchedule schedule,
      Clock clock,
      Handoffs handoffs,
      Consumer<CompletionStage<?>> onReset,
      InterruptVectors.Output interrupts) {}

  NvmeController(BlockAttachment attachment, PciIdentity identity, Surroundings around) {
    this.attachment = attachment;
    memory = around.memory();
    master = around.master();
    schedule = around.schedule();
    onReset = around.onReset();
    namespace = Namespace.of(attachment, memory);
    int queues = attachment.agreement().queues();
    features = new Features(queues, namespace.volatileCache());
    logs = new LogPages(counters, around.clock());
    completionQueues = new CompletionQueue[queues + 1];
    interrupts = new InterruptVectors(queues + 1, features, around.clock(), around.interrupts());
    admin = new AdminCommands(this, identity, memory);
    for (int i = 0; i < queues; i++) {
      int index = i;
      attachment.port(i).onReady(() -> schedule.answered(index));
      ioQueues.add(new IoQueue(attachment.port(i), this, memory));
    }
    resetOver = around.handoffs().handoff(this::finishReset);
    sizeChanged = around.handoffs().handoff(this::reportSize);
    master.onEnabled(this::runAdmin);
    attachment.addListener(this);
  }

  // ---- Life

  Phase phase() {
    return phase;
  }

  Shutdown shutdown() {
    return shutdown;
  }

  /**
   * CC.EN goes to 1.
   *
   * @param valid whether what CC asks for is supported
   * @param submissions address and entries of the admin submission queue
   * @param completions likewise of the admin completion queue
   */
  void enable(
      boolean valid,
      long submissions,
      int submissionEntries,
      long completions,
      int completionEntries) {
    if (phase == Phase.RESETTING) {
      enableAfterReset =
          () -> enable(valid, submissions, submissionEntries, completions, completionEntries);
      return;
    }
    CompletionQueue completionQueue =
        CompletionQueue.at(0, completionEntries, completions, 0, true, memory);
    SubmissionQueue queue =
        completionQueue == null
            ? null
            : SubmissionQueue.at(0, submissionEntries, submissions, completionQueue, memory);
    if (!valid || queue == null) {
      phase = Phase.FATAL;
      LOG.log(Level.WARNING, "an NVMe controller cannot be enabled as the guest has set it up");
      return;
    }
    completionQueues[0] = completionQueue;
    adminQueue = queue;
    phase = Phase.READY;
  }

  /** CC.EN goes to 0. */
  void reset() {
    enableAfterReset = null;
    if (phase == Phase.RESETTING) {
      return;
    }
    phase = Phase.RESETTING;
    adminQueue = null;
    Arrays.fill(completionQueues, null);
    ioQueues.forEach(IoQueue::stop);
    answers.clear();
    events.reset();
    features.reset();
    interrupts.reset();
    lastReset =
        attachment
            .reset()
            .thenRun(() -> ioQueues.forEach(IoQueue::discard))
            .thenRun(resetOver::raise);
    onReset.accept(lastReset);
  }

  /** Completes when the last reset that was asked for is over, but for what the run loop does. */
  CompletionStage<@Nullable Void> whenReset() {
    return lastReset;
  }

  private void finishReset() {
    if (phase == Phase.RESETTING) {
      phase = Phase.DISABLED;
      shutdown = Shutdown.NONE;
      Runnable enable = enableAfterReset;
      enableAfterReset = null;
      if (enable != null) {
        enable.run();
      }
    }
  }

  /** CC.SHN asks for a shutdown: what is cached becomes durable. */
  void shutDown() {
    if (shutdown != Shutdown.NONE) {
      return;
    }
    shutdown = Shutdown.UNDER_WAY;
    if (!namespace.volatileCache() || phase != Phase.READY) {
      shutdown = Shutdown.COMPLETE;
      return;
    }
    ioQueues.getFirst().flush();
    schedule.offered(0);
  }

  /** The flush of a shutdown is over. */
  void flushed() {
    shutdown = Shutdown.COMPLETE;
  }

  /** CC.SHN is cleared. */
  void cancelShutdown() {
    if (shutdown == Shutdown.COMPLETE) {
      shutdown = Shutdown.NONE;
    }
  }

  // ---- Doorbells

  /** A submission queue's tail doorbell. */
  void submissionTail(int id, int tail) {
    SubmissionQueue queue = id == 0 ? adminQueue : isQueueId(id) ? ioQueue(id).submissions() : null;
    if (queue == null) {
      doorbellError(AsyncEvents.INVALID_DOORBELL);
    } else if (!queue.tail(tail)) {
      doorbellError(AsyncEvents.INVALID_DOORBELL_VALUE);
    } else if (id == 0) {
      runAdmin();
    } else {
      schedule.offered(id - 1);
    }
  }

  /** A completion queue's head doorbell. */
  void completionHead(int id, int head) {
    CompletionQueue queue = id <= ioQueues.size() ? completionQueues[id] : null;
    if (queue == null) {
      doorbellError(AsyncEvents.INVALID_DOORBELL);
      return;
    }
    boolean wasFull = queue.isFull();
    if (!queue.head(head)) {
      doorbellError(AsyncEvents.INVALID_DOORBELL_VALUE);
      return;
    }
    interrupts.driveWire(completionQueues);
    if (id == 0) {
      runAdmin();
    } else if (wasFull) {
      for (int i = 0; i < ioQueues.size(); i++) {
        schedule.offered(i);
      }
    }
  }

  private void doorbellError(int information) {
    if (phase == Phase.READY) {
      events.happened(AsyncEvents.ERROR, information, LogPages.ERRORS);
      runAdmin();
    }
  }

  // ---- The admin queue

  /** Carries out what the guest has put into the admin queue, while it may be answered. */
  private void runAdmin() {
    SubmissionQueue queue = adminQueue;
    while (queue != null && queue == adminQueue && master.isEnabled()) {
      if (!postAnswers(queue) || queue.isEmpty()) {
        break;
      }
      queue.take(command);
      int status = admin.execute(command);
      if (status != AdminCommands.LATER) {
        answer(command.id(), status, admin.result());
        if (status != NvmeStatus.SUCCESS) {
          logs.failed(0, command.id(), status, command.namespace(), 0);
        }
      }
    }
    signalCompletions();
  }

  /** Posts what waits for room in the admin completion queue; false where something still does. */
  private boolean postAnswers(SubmissionQueue queue) {
    for (AsyncEvents.Report report = events.next(); report != null; report = events.next()) {
      answer(report.command(), NvmeStatus.SUCCESS, report.result());
    }
    while (!answers.isEmpty() && !queue.completions().isFull()) {
      NvmeState.Answer answer = answers.remove();
      completed(queue, answer.command(), answer.status(), answer.result());
    }
    return answers.isEmpty();
  }

  /** Answers an admin command, when there is room. */
  void answer(int id, int status, int result) {
    answers.add(new NvmeState.Answer(id, status, result));
  }

  // ---- Queues

  /** Whether an id is one that an I/O queue may have. */
  boolean isQueueId(int id) {
    return id >= 1 && id <= ioQueues.size();
  }

  IoQueue ioQueue(int id) {
    return ioQueues.get(id - 1);
  }

  @Nullable CompletionQueue completionQueue(int id) {
    return completionQueues[id];
  }

  void add(CompletionQueue queue) {
    completionQueues[queue.id()] = queue;
  }

  void remove(CompletionQueue queue) {
    completionQueues[queue.id()] = null;
    interrupts.driveWire(completionQueues);
  }

  /** Deletes a submission queue and then answers the command that asked for it. */
  void delete(SubmissionQueue queue, int command) {
    ioQueue(queue.id()).drain(command);
    schedule.offered(queue.id() - 1);
  }

  /** Every command that was taken from a deleted submission queue is completed. */
  void drained(SubmissionQueue queue, int command) {
    queue.completions().removeUser();
    answer(command, NvmeStatus.SUCCESS, 0);
    runAdmin();
  }

  /** Puts a completion into the queue that belongs to a submission queue; there is room. */
  void completed(SubmissionQueue queue, int id, int status, int result) {
    CompletionQueue completions = queue.completions();
    completions.post(id, queue.id(), queue.head(), status, result);
    interrupts.completed(completions);
  }

  /** Interrupts the guest for what was completed. */
  void signalCompletions() {
    interrupts.signal(completionQueues);
  }

  void maskInterrupts(boolean masked) {
    interrupts.mask(masked, completionQueues);
  }

  boolean areInterruptsMasked() {
    return interrupts.isMasked();
  }

  // ---- Save and restore

  @Override
  public void save(StateWriter out) {
    if (phase == Phase.RESETTING) {
      throw new IllegalStateException("the controller is being reset: save it afterwards");
    }
    List<SubmissionQueueState> submissions = new ArrayList<>();
    List<IoCommandState> commands = new ArrayList<>();
    if (adminQueue != null) {
      submissions.add(adminQueue.state(-1));
    }
    for (int i = 0; i < ioQueues.size(); i++) {
      SubmissionQueueState queue = ioQueues.get(i).queueState();
      if (queue != null) {
        submissions.add(queue);
      }
      commands.addAll(ioQueues.get(i).commands(i));
    }
    List<CompletionQueueState> completions =
        Arrays.stream(completionQueues)
            .filter(Objects::nonNull)
            .map(CompletionQueue::state)
            .toList();
    boolean flushing = ioQueues.getFirst().isFlushing();
    out.put(
        new NvmeState(
            phase.name(),
            shutdown.name(),
            completions,
            submissions,
            List.copyOf(answers),
            flushing,
            commands));
    features.save(out);
    events.save(out);
    interrupts.save(out);
    logs.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    NvmeState state = in.take(NvmeState.class);
    phase = Phase.valueOf(state.phase());
    shutdown = Shutdown.valueOf(state.shutdown());
    answers.addAll(state.answers());
    for (CompletionQueueState saved : state.completionQueues()) {
      CompletionQueue queue = CompletionQueue.of(saved, memory);
      if (queue == null
          || saved.id() >= completionQueues.length
          || saved.vector() >= vectors()
          || completionQueues[saved.id()] != null) {
        throw new StateException("no such completion queue can be: " + saved);
      }
      completionQueues[saved.id()] = queue;
    }
    for (SubmissionQueueState saved : state.submissionQueues()) {
      restore(saved);
    }
    if (state.flushing()) {
      if (!namespace.volatileCache()) {
        throw new StateException("a shutdown flushes a cache that the namespace has not");
      }
      ioQueues.getFirst().flush();
    }
    for (IoCommandState saved : state.commands()) {
      if (saved.queue() >= ioQueues.size()) {
        throw new StateException("a command of a queue that is not there: " + saved);
      }
      ioQueues.get(saved.queue()).restore(saved);
    }
    features.restore(in);
    events.restore(in);
    interrupts.restore(in);
    logs.restore(in);
  }

  private void restore(SubmissionQueueState saved) throws StateException {
    int id = saved.id();
    int completionsId = saved.completions();
    CompletionQueue completions =
        completionsId < completionQueues.length ? completionQueues[completionsId] : null;
    SubmissionQueue queue =
        completions == null ? null : SubmissionQueue.of(saved, completions, memory);
    boolean free =
        id == 0 ? adminQueue == null : isQueueId(id) && ioQueue(id).submissions() == null;
    if (queue == null || completions == null || !free) {
      throw new StateException("no such submission queue can be: " + saved);
    }
    if (id == 0) {
      adminQueue = queue;
      return;
    }
    completions.addUser();
    ioQueue(id).start(queue);
    if (saved.deletedBy() >= 0) {
      ioQueue(id).drain(saved.deletedBy());
    }
  }

  // ---- What the parts share

  int vectors() {
    return interrupts.count();
  }

  Namespace namespace() {
    return namespace;
  }

  Features features() {
    return features;
  }

  LogPages logs() {
    return logs;
  }

  AsyncEvents events() {
    return events;
  }

  Counters counters() {
    return counters;
  }

  // ---- The driver's side

  @Override
  public int queueCount() {
    return ioQueues.size();
  }

  @Override
  public BlockPort port(int queue) {
    return attachment.port(queue);
  }

  @Override
  public boolean poll(int queue) {
    return ioQueues.get(queue).poll();
  }

  @Override
  public boolean arm(int queue) {
    return ioQueues.get(queue).arm();
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    namespace = Namespace.of(attachment, memory);
    sizeChanged.raise();
  }

  private void reportSize() {
    logs.namespaceChanged();
    if (phase == Phase.READY && features.wantsEvent(NAMESPACE_EVENT)) {
      events.happened(
          AsyncEvents.NOTICE, AsyncEvents.NAMESPACE_CHANGED, LogPages.CHANGED_NAMESPACES);
      runAdmin();
    }
  }
}
