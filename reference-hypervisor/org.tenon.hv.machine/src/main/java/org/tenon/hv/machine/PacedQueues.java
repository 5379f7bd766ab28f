package org.tenon.hv.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;

/**
 * Serves queues at instants that are the same in every run: for the virtual clock. What the guest
 * offers is taken at the next instruction boundary and answered a fixed machine time later, in the
 * order of staging. Where the driver is not ready by then the machine waits for it, and machine
 * time with it.
 */
final class PacedQueues implements ServedQueues<PortWork> {
  /** How long to wait at a time: a stop is noticed after that at the latest. */
  private static final long PATIENCE = 100_000_000;

  private final RunLoop loop;
  private final DeviceLife life;
  private final long requestNanos;
  private final Handoff handoff;
  private volatile @Nullable Thread waiting;
  private @Nullable PortWork work;
  private volatile @Nullable BusMaster master;
  private boolean held;
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
  public void serve(PortWork served, BusMaster leave) {
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
    leave.onEnabled(() -> {
      Arrays.fill(offered, true);
      handoff.raise();
    });
  }

  @Override
  public boolean mayServe() {
    BusMaster leave = master;
    return leave != null && leave.isEnabled();
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

  @Override
  public void hold() {
    held = true;
  }

  @Override
  public void release() {
    held = false;
    handoff.raise();
  }

  @Override
  public void save(StateWriter out) {
    List<DiskQueuesState.Queue> queues = new ArrayList<>();
    PortWork served = work;
    for (int queue = 0; served != null && queue < offered.length; queue++) {
      TagPort port = served.port(queue);
      synchronized (port) {
        long given = port.givenTotal();
        long deadline = alarms[queue].deadline();
        queues.add(
            new DiskQueuesState.Queue(
                offered[queue],
                Math.max(0, port.allowedTotal() - given),
                answered[queue] - given,
                due[queue] - given,
                deadline == Alarm.NEVER ? DiskQueuesState.NEVER : deadline));
      }
    }
    out.put(new DiskQueuesState(queues));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    DiskQueuesState state = in.take(DiskQueuesState.class);
    PortWork served = work;
    if (served == null || state.queues().size() != offered.length) {
      throw new StateException(
          "the saved disk has %d queues, this one %d"
              .formatted(state.queues().size(), offered.length));
    }
    for (int queue = 0; queue < offered.length; queue++) {
      restore(queue, state.queues().get(queue), served.port(queue));
    }
    handoff.raise();
  }

  private void restore(int queue, DiskQueuesState.Queue saved, TagPort port) throws StateException {
    long staged = staged(port);
    if (saved.allowed() > staged || saved.answered() > staged || saved.due() > staged) {
      throw new StateException("a queue of %d requests is at %s".formatted(staged, saved));
    }
    synchronized (port) {
      port.allow(saved.allowed());
    }
    offered[queue] = saved.offered();
    answered[queue] = saved.answered();
    due[queue] = saved.due();
    alarms[queue].set(saved.deadline() == DiskQueuesState.NEVER ? Alarm.NEVER : saved.deadline());
  }

  private void take() {
    PortWork served = work;
    if (held || served == null || !mayServe()) {
      return;
    }
    for (int queue = 0; queue < offered.length; queue++) {
      if (offered[queue]) {
        offered[queue] = false;
        serve(served, queue);
      }
    }
  }

  private void serve(PortWork served, int queue) {
    while (served.poll(queue)) {
      Thread.onSpinWait();
    }
    long staged = staged(served.port(queue));
    if (staged > answered[queue] && alarms[queue].deadline() == Alarm.NEVER) {
      due[queue] = staged;
      alarms[queue].set(life.now() + requestNanos);
    }
  }

  private static long staged(TagPort port) {
    synchronized (port) {
      return port.stagedTotal();
    }
  }

  private void answer(PortWork served, int queue) {
    TagPort port = served.port(queue);
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
  private boolean awaitDriver(TagPort port, long total) {
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

  private static boolean isAnswered(TagPort port, long total) {
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
