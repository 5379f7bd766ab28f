package org.tenon.hv.machine;

import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.QueueWork;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.pci.BusMaster;

/**
 * Serves queues at instants that are the same in every run: for the virtual clock. What the guest
 * offers is taken at the next instruction boundary and answered a fixed machine time later, in the
 * order of staging. Where the driver is not ready by then the machine waits for it, and machine
 * time with it.
 */
final class PacedQueues implements DiskQueues {
  /** How long to wait at a time: a stop is noticed after that at the latest. */
  private static final long PATIENCE = 100_000_000;

  private final RunLoop loop;
  private final DeviceLife life;
  private final long requestNanos;
  private final Handoff handoff;
  private volatile @Nullable Thread waiting;
  private @Nullable QueueWork work;
  private @Nullable BusMaster master;
  private boolean[] offered = {};
  private Alarm[] alarms = {};

  /** How many requests of each queue, counted from the first ever, its alarm is for. */
  private long[] due = {};

  private long[] answered = {};

  PacedQueues(RunLoop loop, DeviceLife life, long requestNanos) {
    this.loop = loop;
    this.life = life;
    this.requestNanos = requestNanos;
    handoff = life.handoff(this::take);
  }

  @Override
  public void serve(QueueWork served, BusMaster leave) {
    work = served;
    master = leave;
    int queues = served.queueCount();
    offered = new boolean[queues];
    due = new long[queues];
    answered = new long[queues];
    alarms = new Alarm[queues];
    for (int i = 0; i < queues; i++) {
      int queue = i;
      alarms[i] = life.alarm("disk queue " + i, () -> answer(served, queue));
      served.port(i).keepOrder();
    }
    leave.onEnabled(this::goOn);
  }

  private void goOn() {
    Arrays.fill(offered, true);
    for (int queue = 0; queue < alarms.length; queue++) {
      if (due[queue] > answered[queue] && alarms[queue].deadline() == Alarm.NEVER) {
        alarms[queue].set(life.now());
      }
    }
    handoff.raise();
  }

  /** Only the guest's own doing comes here while it runs, so that the instant repeats. */
  @Override
  public void offered(int queue) {
    if (queue < offered.length) {
      offered[queue] = true;
      handoff.raise();
    }
  }

  @Override
  public void answered(int queue) {
    LockSupport.unpark(waiting);
  }

  private void take() {
    QueueWork served = work;
    if (served == null || master == null || !master.isEnabled()) {
      return;
    }
    for (int queue = 0; queue < offered.length; queue++) {
      if (offered[queue]) {
        offered[queue] = false;
        serve(served, queue);
      }
    }
  }

  private void serve(QueueWork served, int queue) {
    while (served.poll(queue)) {
      Thread.onSpinWait();
    }
    long staged = staged(served.port(queue));
    if (staged > answered[queue] && alarms[queue].deadline() == Alarm.NEVER) {
      due[queue] = staged;
      alarms[queue].set(life.now() + requestNanos);
    }
  }

  private static long staged(BlockPort port) {
    synchronized (port) {
      return port.stagedTotal();
    }
  }

  /** Without leave to write it is too early; {@link #goOn} sets the alarm again. */
  private void answer(QueueWork served, int queue) {
    if (master == null || !master.isEnabled()) {
      return;
    }
    BlockPort port = served.port(queue);
    if (!awaitDriver(port, due[queue])) {
      alarms[queue].set(life.now());
      return;
    }
    synchronized (port) {
      port.allow(due[queue]);
    }
    answered[queue] = due[queue];
    offered[queue] = true;
    take();
  }

  /** False when the run is to end first. */
  private boolean awaitDriver(BlockPort port, long total) {
    waiting = Thread.currentThread();
    while (!isAnswered(port, total)) {
      if (loop.isStopping()) {
        return false;
      }
      port.submit();
      if (port.arm() && !isAnswered(port, total)) {
        LockSupport.parkNanos(this, PATIENCE);
      }
    }
    return true;
  }

  private static boolean isAnswered(BlockPort port, long total) {
    synchronized (port) {
      return port.isAnswered(total);
    }
  }

  /** Waits, so that the guest sees the reset over when it looks for the first time. */
  @Override
  public void resetting(CompletionStage<?> over) {
    waiting = Thread.currentThread();
    var done = over.toCompletableFuture();
    var _ = over.whenComplete((nothing, failure) -> LockSupport.unpark(waiting));
    while (!done.isDone() && !loop.isStopping()) {
      LockSupport.parkNanos(this, PATIENCE);
    }
  }
}
