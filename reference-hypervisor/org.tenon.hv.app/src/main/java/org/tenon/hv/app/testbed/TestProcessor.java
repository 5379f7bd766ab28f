package org.tenon.hv.app.testbed;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VcpuState;

/**
 * A processor whose instructions are a test's loads and stores, one after the other. It takes every
 * interrupt at once, tells the test, and ends it. While it waits for the test it spends its budget.
 * What a processor's state is it leaves to one that never runs. The run loop's thread, but for
 * {@link #access} and {@link #kick}.
 */
final class TestProcessor implements Vcpu, VcpuExit {
  /** How long it waits for the test at a time, so that the machine's alarms ring. */
  private static final long MOMENT = 5_000_000;

  private static final long END_OF_INTERRUPT = 0xfee0_00b0L;

  private final Vcpu idle;
  private final Queue<Access> asked = new ConcurrentLinkedQueue<>();
  private volatile IntConsumer interrupts = vector -> {};
  private volatile boolean kicked;
  private volatile boolean ended;
  private volatile @Nullable Thread thread;
  private @Nullable Access underWay;
  private boolean endsInterrupt;
  private long retired;

  /** A load or a store, and the thread that waits for it. */
  private static final class Access {
    private final Reason reason;
    private final long address;
    private final int size;
    private final long written;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long read;

    Access(Reason reason, long address, int size, long written) {
      this.reason = reason;
      this.address = address;
      this.size = size;
      this.written = written;
    }
  }

  /**
   * A processor that waits for a test.
   *
   * @param idle whose state it has
   */
  TestProcessor(Vcpu idle) {
    this.idle = idle;
  }

  /** Says who hears the vectors of interrupts. Any thread. */
  void onInterrupt(IntConsumer hears) {
    interrupts = hears;
  }

  /**
   * Does a load or a store and waits for it; any thread but the run loop's.
   *
   * @return what a load read; all ones when the machine has ended
   */
  long access(Reason reason, long address, int size, long value) {
    Access wanted = new Access(reason, address, size, value);
    asked.add(wanted);
    LockSupport.unpark(thread);
    if (ended) {
      end();
    }
    boolean interrupted = false;
    while (true) {
      try {
        wanted.done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return wanted.read;
  }

  /** Answers all that is asked from now on with all ones. The machine runs no more. */
  void end() {
    ended = true;
    for (Access lost = asked.poll(); lost != null; lost = asked.poll()) {
      lost.read = -1;
      lost.done.countDown();
    }
  }

  @Override
  public VcpuExit run(long budget) {
    Access over = underWay;
    if (over != null) {
      underWay = null;
      retired++;
      over.done.countDown();
      return this;
    }
    if (endsInterrupt) {
      endsInterrupt = false;
      underWay = new Access(Reason.MMIO_WRITE, END_OF_INTERRUPT, 4, 0);
    } else {
      underWay = next();
      retired += underWay == null ? budget : 0;
    }
    return this;
  }

  private @Nullable Access next() {
    thread = Thread.currentThread();
    long until = System.nanoTime() + MOMENT;
    Access next = asked.poll();
    while (next == null && !kicked && System.nanoTime() < until) {
      LockSupport.parkNanos(this, MOMENT);
      next = asked.poll();
    }
    kicked = false;
    return next;
  }

  @Override
  public void kick() {
    kicked = true;
    LockSupport.unpark(thread);
  }

  @Override
  public Reason reason() {
    Access now = underWay;
    return now == null ? Reason.BUDGET : now.reason;
  }

  private Access now() {
    return Objects.requireNonNull(underWay, "no access is under way");
  }

  @Override
  public long address() {
    return now().address;
  }

  @Override
  public int size() {
    return now().size;
  }

  @Override
  public long value() {
    return now().written;
  }

  @Override
  public String detail() {
    return "";
  }

  @Override
  public void complete(long value) {
    Access now = now();
    now.read = now.size == Long.BYTES ? value : value & (1L << 8 * now.size) - 1;
  }

  @Override
  public void refuse() {
    throw new IllegalStateException("a test touches no machine-specific register");
  }

  @Override
  public boolean atInstructionBoundary() {
    return underWay == null;
  }

  @Override
  public boolean canTakeInterrupt() {
    return underWay == null && !endsInterrupt;
  }

  @Override
  public void injectInterrupt(int vector) {
    endsInterrupt = true;
    interrupts.accept(vector);
  }

  /** It can take one as soon as it runs on. */
  @Override
  public void requestInterruptWindow() {
    kick();
  }

  @Override
  public int apicId() {
    return idle.apicId();
  }

  @Override
  public void injectNmi() {}

  @Override
  public long retired() {
    return retired;
  }

  @Override
  public long tsc() {
    return idle.tsc();
  }

  @Override
  public void setTsc(long ticks, int sharing) {
    idle.setTsc(ticks, sharing);
  }

  @Override
  public VcpuState state() {
    return idle.state();
  }

  @Override
  public void setState(VcpuState state) {
    idle.setState(state);
  }

  @Override
  public int taskPriority() {
    return idle.taskPriority();
  }

  @Override
  public void setTaskPriority(int priority) {
    idle.setTaskPriority(priority);
  }

  @Override
  public long translate(long linear) {
    return linear;
  }

  @Override
  public void setBreakpoints(long... addresses) {}
}
