package org.tenon.hv.machine;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.Ticks;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.irq.LocalApic;

/**
 * Runs the processors in turn, one time slice each, and answers their exits. Under the virtual
 * clock the processors that have something to execute share the time as if they ran side by side:
 * with four of them, time moves by a quarter of what one has executed. It moves forward only, for
 * all at once, so no processor sees another's time go back (decision 0007).
 */
final class RunLoop implements Handoffs {
  /**
   * A slice in instructions: short enough that a processor waiting for another's lock waits little.
   */
  private static final long SLICE = 10_000;

  /** A processor that is alone gives way to nobody; it looks at its inbox now and then. */
  private static final long SLICE_ALONE = 1_000_000;

  /** The real clock is read after at most this many instructions. */
  private static final long REAL_BUDGET = 50_000;

  /**
   * Under the real clock the time stamp counter is set at every exit, and moves slower than any
   * host executes in between: else it would have to go back.
   */
  private static final int REAL_SHARING = 16;

  private static final long IDLE_PARK = 50_000_000;

  private final MachineClock clock;
  private final Board board;
  private final List<Processor> processors;
  private final Trace trace;
  private final Ticks tsc;
  private final long instructionNanos;
  private final Map<VcpuExit.Reason, Counter> exits = new EnumMap<>(VcpuExit.Reason.class);
  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

  /** Few, and seldom changed; a device may come or go while they are looked at. */
  private final List<Flag> flags = new CopyOnWriteArrayList<>();

  private volatile boolean flagged;
  private volatile boolean stopping;
  private int turn;
  private long left;
  private long interrupts;
  private volatile @Nullable Vcpu current;
  private volatile @Nullable Thread thread;
  private @Nullable Outcome outcome;

  private static final class Counter {
    private long value;
  }

  RunLoop(
      MachineClock clock,
      Board board,
      List<Processor> processors,
      Trace trace,
      Ticks tsc,
      long instructionNanos) {
    this.clock = clock;
    this.board = board;
    this.processors = processors;
    this.trace = trace;
    this.tsc = tsc;
    this.instructionNanos = instructionNanos;
    this.left = slice();
  }

  /** Hands work to the run-loop thread; any thread. */
  void post(Runnable work) {
    inbox.add(work);
    wake();
  }

  private void wake() {
    Vcpu running = current;
    if (running != null) {
      running.kick();
    }
    LockSupport.unpark(thread);
  }

  /** Ends the run soon, whatever it waits for; any thread. */
  void stop() {
    stopping = true;
    post(() -> end(new Outcome(Outcome.Kind.STOPPED, "")));
  }

  /** Whether somebody wants the run to end, for whoever waits on the run-loop thread or between. */
  boolean isStopping() {
    return stopping;
  }

  /** Whether the caller is on the thread that runs the guest. */
  boolean isCurrentThread() {
    Thread runs = thread;
    return runs != null && Thread.currentThread().threadId() == runs.threadId();
  }

  @Override
  public Handoff handoff(Runnable action) {
    Flag flag = new Flag(action);
    flags.add(flag);
    return flag;
  }

  /** Takes out the handoff of a device that is gone; raising it does nothing any more. */
  void remove(Handoff handoff) {
    flags.removeIf(flag -> flag == handoff);
  }

  /** News for the run-loop thread; the run loop wakes up for it wherever it is. */
  private final class Flag implements Handoff {
    private final Runnable action;
    private volatile boolean raised;

    Flag(Runnable action) {
      this.action = action;
    }

    @Override
    public void raise() {
      raised = true;
      flagged = true;
      if (!isCurrentThread()) {
        wake();
      }
    }
  }

  private void takeFlags() {
    while (flagged) {
      flagged = false;
      for (Flag flag : flags) {
        if (flag.raised) {
          flag.raised = false;
          flag.action.run();
        }
      }
    }
  }

  /** Ends the run at the next instruction boundary; run-loop thread only. */
  void end(Outcome how) {
    if (outcome == null) {
      outcome = how;
    }
  }

  Outcome run() {
    thread = Thread.currentThread();
    outcome = null;
    int idle = 0;
    try {
      while (true) {
        drainInbox();
        Outcome ended = outcome;
        if (ended != null) {
          return ended;
        }
        Processor processor = processors.get(turn);
        if (processor.isRunnable()) {
          idle = 0;
          runSlice(processor);
        } else {
          nextTurn();
          idle++;
        }
        if (idle == processors.size()) {
          idle = 0;
          idle();
        }
      }
    } finally {
      stopping = false;
      thread = null;
    }
  }

  private void nextTurn() {
    turn = (turn + 1) % processors.size();
    left = slice();
  }

  private long slice() {
    return processors.size() == 1 ? SLICE_ALONE : SLICE;
  }

  /** Does what devices have handed over since the last run, for a save. */
  void settle() {
    takeFlags();
  }

  /** Whose turn it is, for a save. */
  int turn() {
    return turn;
  }

  /** How many instructions its slice has left, for a save. */
  long left() {
    return left;
  }

  /** Goes on where a saved machine stood. */
  void restore(int savedTurn, long savedLeft) {
    turn = savedTurn;
    left = savedLeft;
  }

  private void drainInbox() {
    takeFlags();
    for (Runnable work = inbox.poll(); work != null; work = inbox.poll()) {
      work.run();
    }
  }

  /** Every processor waits: time passes until something can wake one. */
  private void idle() {
    long next = clock.next();
    boolean wakeable = processors.stream().anyMatch(Processor::isWakeable);
    if (!wakeable) {
      end(new Outcome(Outcome.Kind.HALTED, "every processor has halted with interrupts off"));
    } else if (clock.mode() == ClockMode.VIRTUAL && next != Alarm.NEVER) {
      clock.skipTo(Math.max(next, clock.now()));
    } else if (inbox.isEmpty() && !flagged) {
      park(next);
    }
    clock.ring();
  }

  /** Waits for the next alarm or for news, and has machine time pass with the host's. */
  private void park(long next) {
    long from = clock.now();
    long until = next == Alarm.NEVER ? IDLE_PARK : Math.min(IDLE_PARK, next - from);
    if (until > 0) {
      long began = System.nanoTime();
      LockSupport.parkNanos(this, until);
      clock.skipTo(Math.min(from + System.nanoTime() - began, Math.max(from, next)));
    }
  }

  private void runSlice(Processor processor) {
    Vcpu vcpu = processor.vcpu();
    current = vcpu;
    while (true) {
      boolean boundary = vcpu.atInstructionBoundary();
      int sharing = setTime(processor);
      if (boundary) {
        drainInbox();
        if (outcome == null && !processor.applySignals()) {
          end(new Outcome(Outcome.Kind.RESET, "INIT"));
        }
        if (outcome != null) {
          break;
        }
        deliver(processor);
        if (left <= 0 || !processor.isRunning()) {
          nextTurn();
          break;
        }
      }
      left -= runOnce(processor, boundary ? budget(sharing) : 1, sharing);
    }
    current = null;
  }

  /** Executes one instruction of one processor, for a debugger; interrupts wait. */
  void step(Processor processor) {
    if (processor.isRunning()) {
      do {
        runOnce(processor, 1, setTime(processor));
      } while (!processor.vcpu().atInstructionBoundary());
    }
  }

  /**
   * Tells a vCPU what time it is. Returns among how many processors time goes: this one and those
   * others that run.
   */
  int setTime(Processor processor) {
    int sharing = REAL_SHARING;
    if (clock.mode().countsInstructions()) {
      sharing = processor.isRunning() ? 0 : 1;
      for (int i = 0; i < processors.size(); i++) {
        sharing += processors.get(i).isRunning() ? 1 : 0;
      }
    }
    processor.vcpu().setTsc(tsc.at(clock.now()), sharing);
    return sharing;
  }

  /**
   * Runs to the next exit, moves time on and answers. Returns how many instructions have retired.
   */
  private long runOnce(Processor processor, long budget, int sharing) {
    Vcpu vcpu = processor.vcpu();
    long before = vcpu.retired();
    VcpuExit exit = vcpu.run(budget);
    long retired = vcpu.retired() - before;
    clock.advance(retired * instructionNanos, sharing);
    answer(processor, exit);
    clock.ring();
    return retired;
  }

  /** How many instructions may retire until the next alarm or the end of the slice. */
  private long budget(int sharing) {
    if (clock.mode() == ClockMode.REAL) {
      return REAL_BUDGET / processors.size();
    }
    long untilAlarm = Math.clamp(clock.next() - clock.now(), 0, left * instructionNanos);
    long shared = untilAlarm * sharing - clock.carry();
    return Math.clamp(Math.ceilDiv(shared, instructionNanos), 1, left);
  }

  private void deliver(Processor processor) {
    int vector = processor.deliverInterrupt();
    if (vector >= 0) {
      interrupts++;
      if (trace.shows(TraceKind.IRQ)) {
        trace.line(clock.now(), processor.index(), "interrupt %02x".formatted(vector));
      }
    }
  }

  private void answer(Processor processor, VcpuExit exit) {
    VcpuExit.Reason reason = exit.reason();
    exits.computeIfAbsent(reason, key -> new Counter()).value++;
    switch (reason) {
      case PORT_READ -> {
        long value = board.ports().read(exit.address(), exit.size());
        traceAccess(TraceKind.PORT, processor, "in", exit, value);
        processor.vcpu().complete(value);
      }
      case PORT_WRITE -> {
        traceAccess(TraceKind.PORT, processor, "out", exit, exit.value());
        board.ports().write(exit.address(), exit.size(), exit.value());
      }
      case MMIO_READ -> {
        long value = readMemory(processor, exit.address(), exit.size());
        traceAccess(TraceKind.MMIO, processor, "read", exit, value);
        processor.vcpu().complete(value);
      }
      case MMIO_WRITE -> {
        traceAccess(TraceKind.MMIO, processor, "write", exit, exit.value());
        writeMemory(processor, exit.address(), exit.size(), exit.value());
      }
      case MSR_READ -> readMsr(processor, exit);
      case MSR_WRITE -> writeMsr(processor, exit);
      case TASK_PRIORITY -> processor.apic().setTaskPriority((int) exit.value() << 4);
      case HALT -> {
        processor.halt();
        traceExit(processor, exit);
      }
      case SHUTDOWN -> {
        traceExit(processor, exit);
        end(new Outcome(Outcome.Kind.RESET, "triple fault: " + exit.detail()));
      }
      case FAILURE -> end(new Outcome(Outcome.Kind.FAILED, exit.detail()));
      case BUDGET, INTERRUPT_WINDOW, KICKED -> {}
      case BREAKPOINT -> {
        traceExit(processor, exit);
        end(new Outcome(Outcome.Kind.BREAKPOINT, String.valueOf(processor.index())));
      }
    }
  }

  private long readMemory(Processor processor, long address, int size) {
    LocalApic apic = processor.apic();
    if (!apic.claims(address)) {
      return board.mmio().read(address, size);
    }
    int offset = (int) address & 0xfff;
    return apic.read(offset & ~3, 4) >>> (8 * (offset & 3));
  }

  /**
   * Only whole, aligned 32-bit writes reach the local APIC: others are undefined (Intel SDM vol. 3,
   * 11.4.1).
   */
  private void writeMemory(Processor processor, long address, int size, long value) {
    LocalApic apic = processor.apic();
    if (!apic.claims(address)) {
      board.mmio().write(address, size, value);
    } else if (size == 4 && (address & 3) == 0) {
      apic.write((int) address & 0xfff, size, value);
      processor.vcpu().setTaskPriority(apic.taskPriority() >>> 4);
    }
  }

  private void readMsr(Processor processor, VcpuExit exit) {
    int msr = (int) exit.address();
    Vcpu vcpu = processor.vcpu();
    LocalApic apic = processor.apic();
    boolean known = true;
    if (msr == LocalApic.MSR_APIC_BASE) {
      vcpu.complete(apic.base());
    } else if (msr == LocalApic.MSR_TSC_DEADLINE) {
      vcpu.complete(apic.tscDeadline());
    } else if (apic.canReadMsr(msr)) {
      vcpu.complete(apic.readMsr(msr));
    } else {
      known = false;
      vcpu.refuse();
    }
    if (trace.shows(TraceKind.MSR)) {
      trace.line(
          clock.now(), processor.index(), "rdmsr %x%s".formatted(msr, known ? "" : " refused"));
    }
  }

  private void writeMsr(Processor processor, VcpuExit exit) {
    int msr = (int) exit.address();
    Vcpu vcpu = processor.vcpu();
    LocalApic apic = processor.apic();
    boolean known = true;
    if (msr == LocalApic.MSR_APIC_BASE) {
      known = apic.writeBase(exit.value());
    } else if (msr == LocalApic.MSR_TSC_DEADLINE) {
      apic.writeTscDeadline(exit.value(), vcpu.tsc());
    } else {
      known = apic.writeMsr(msr, exit.value());
    }
    if (!known) {
      vcpu.refuse();
    } else if (msr == LocalApic.MSR_X2APIC + 8) {
      vcpu.setTaskPriority(apic.taskPriority() >>> 4);
    }
    if (trace.shows(TraceKind.MSR)) {
      trace.line(
          clock.now(),
          processor.index(),
          "wrmsr %x %x%s".formatted(msr, exit.value(), known ? "" : " refused"));
    }
  }

  private void traceAccess(
      TraceKind kind, Processor processor, String verb, VcpuExit exit, long value) {
    if (trace.shows(kind)) {
      trace.line(
          clock.now(),
          processor.index(),
          "%s%d %x %x".formatted(verb, 8 * exit.size(), exit.address(), value));
    }
  }

  private void traceExit(Processor processor, VcpuExit exit) {
    if (trace.shows(TraceKind.EXIT)) {
      trace.line(clock.now(), processor.index(), exit.reason() + " " + exit.detail());
    }
  }

  /** How often each reason came up; those that never did are absent. */
  Map<VcpuExit.Reason, Long> exits() {
    Map<VcpuExit.Reason, Long> counts = new EnumMap<>(VcpuExit.Reason.class);
    exits.forEach((reason, counter) -> counts.put(reason, counter.value));
    return counts;
  }

  long interrupts() {
    return interrupts;
  }
}
