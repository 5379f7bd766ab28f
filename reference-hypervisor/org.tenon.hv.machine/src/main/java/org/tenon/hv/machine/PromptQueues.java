package org.tenon.hv.machine;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.QueueWork;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;

/** Serves a queue as soon as there is something to do: for the real clock. */
final class PromptQueues implements ServedQueues<QueueWork> {
  private final Handoff handoff;
  private final Class<? extends Record> format;
  private final IntFunction<? extends Record> anyTime;
  private volatile @Nullable AtomicIntegerArray due;
  private @Nullable QueueWork work;
  private volatile @Nullable BusMaster master;
  private boolean held;

  /** How much of what the driver has been told it does not obey yet. */
  private final AtomicInteger unsettled = new AtomicInteger();

  /**
   * Queues whose instants are saved in records of this kind.
   *
   * @param anyTime the record for so many queues of which no instant is known
   */
  <S extends Record> PromptQueues(Handoffs handoffs, Class<S> format, IntFunction<S> anyTime) {
    handoff = handoffs.handoff(this::run);
    this.format = format;
    this.anyTime = anyTime;
  }

  @Override
  public void serve(QueueWork served, BusMaster leave) {
    work = served;
    master = leave;
    due = new AtomicIntegerArray(served.queueCount());
    leave.onEnabled(handoff::raise);
  }

  @Override
  public boolean mayServe() {
    BusMaster leave = master;
    return leave != null && leave.isEnabled();
  }

  @Override
  public void offered(int queue) {
    AtomicIntegerArray flags = due;
    if (flags != null) {
      flags.set(queue, 1);
      handoff.raise();
    }
  }

  @Override
  public void answered(int queue) {
    offered(queue);
  }

  /** No queue is served before the driver obeys: no frame passes that the guest does not want. */
  @Override
  public void settling(CompletionStage<?> over) {
    unsettled.incrementAndGet();
    var _ =
        over.whenComplete((nothing, failure) -> {
          unsettled.decrementAndGet();
          handoff.raise();
        });
  }

  @Override
  public void resetting(CompletionStage<?> over) {
    // The guest reads the status until it is.
  }

  @Override
  public void hold() {
    held = true;
  }

  @Override
  public void release() {
    held = false;
    lookAtAll();
  }

  private void lookAtAll() {
    QueueWork served = work;
    for (int queue = 0; served != null && queue < served.queueCount(); queue++) {
      offered(queue);
    }
  }

  /** Instants mean nothing here. */
  @Override
  public void save(StateWriter out) {
    out.put(anyTime.apply(work == null ? 0 : work.queueCount()));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    var _ = in.take(format);
    lookAtAll();
  }

  private void run() {
    AtomicIntegerArray flags = due;
    QueueWork served = work;
    boolean waits = held || unsettled.get() > 0 || !mayServe();
    if (waits || flags == null || served == null) {
      return;
    }
    for (int queue = 0; queue < flags.length(); queue++) {
      if (flags.get(queue) != 0) {
        flags.set(queue, 0);
        while (served.poll(queue)) {
          Thread.onSpinWait();
        }
        if (!served.arm(queue)) {
          offered(queue);
        }
      }
    }
  }
}
