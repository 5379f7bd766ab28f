package org.tenon.hv.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.ReceivePort;
import org.tenon.hv.attach.TransmitPort;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.virtio.net.NetDevice;

/**
 * Serves a card's queues under the virtual clock. What the guest offers is taken at the next
 * instruction boundary. A fixed machine time after the first frame to send, machine time stands
 * still: the driver has the buffers first, then the frames, and gives the frames back; what it has
 * received until then reaches the guest at this instant. So a driver whose frames come of those
 * that the guest sends gives the same run each time. A frame that comes at another moment comes
 * from outside, and is handed over at the next boundary: such a run does not repeat (decision
 * 0013).
 */
final class PacedFrames implements ServedQueues<NetDevice> {
  /** How long to wait at a time: a stop is noticed after that at the latest. */
  private static final long PATIENCE = 1_000_000;

  private final RunLoop loop;
  private final DeviceLife life;
  private final long requestNanos;
  private final Handoff handoff;
  private final Alarm alarm;
  private volatile @Nullable Thread waiting;
  private volatile boolean[] offered = {};
  private @Nullable NetDevice device;
  private volatile @Nullable BusMaster master;
  private volatile boolean held;

  /** By pair: what has the driver given the frames that are held. */
  private Runnable[] senders = {};

  PacedFrames(RunLoop loop, DeviceLife life, long requestNanos) {
    this.loop = loop;
    this.life = life;
    this.requestNanos = requestNanos;
    handoff = life.handoff(this::take);
    alarm = life.alarm("network card", this::exchange);
  }

  /** What a transmit port is to call instead of {@code sender}, which is run when it is time. */
  Runnable held(int pair, Runnable sender) {
    senders = Arrays.copyOf(senders, Math.max(senders.length, pair + 1));
    senders[pair] = sender;
    return () -> {};
  }

  /** Something that is waited for may have happened; any thread. */
  void wake() {
    LockSupport.unpark(waiting);
  }

  @Override
  public void serve(NetDevice served, BusMaster leave) {
    device = served;
    master = leave;
    offered = new boolean[served.queueCount()];
    for (int pair = 0; pair < served.pairs(); pair++) {
      TransmitPort port = served.attachment().transmitPort(pair);
      synchronized (port) {
        port.keepOrder();
        port.offerUpTo(0);
      }
    }
    leave.onEnabled(this::lookAtAll);
  }

  private void lookAtAll() {
    Arrays.fill(offered, true);
    handoff.raise();
  }

  @Override
  public boolean mayServe() {
    BusMaster leave = master;
    return leave != null && leave.isEnabled();
  }

  @Override
  public void offered(int queue) {
    if (queue < offered.length) {
      offered[queue] = true;
      handoff.raise();
    }
  }

  /** While held, what there is to do is found when that ends. */
  @Override
  public void answered(int queue) {
    if (waiting != null) {
      wake();
    } else if (!held) {
      offered(queue);
    }
  }

  private void take() {
    NetDevice served = device;
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

  private void serve(NetDevice served, int queue) {
    do {
      while (served.poll(queue)) {
        Thread.onSpinWait();
      }
    } while (!isHeld(served, queue) && !served.arm(queue));
    if (isHeld(served, queue) && alarm.deadline() == Alarm.NEVER) {
      alarm.set(life.now() + requestNanos);
    }
  }

  /** Whether a transmitq has frames that the driver has not been given. */
  private static boolean isHeld(NetDevice served, int queue) {
    if (!isTransmitting(served, queue)) {
      return false;
    }
    TransmitPort port = served.attachment().transmitPort(queue / 2);
    synchronized (port) {
      return port.givenTotal() < port.stagedTotal();
    }
  }

  private static boolean isTransmitting(NetDevice served, int queue) {
    return queue % 2 == 1 && queue < 2 * served.pairs();
  }

  private static boolean isReceiving(NetDevice served, int queue) {
    return queue % 2 == 0 && queue < 2 * served.pairs();
  }

  /** Lets the driver have everything, and the guest what came of it; one that rests, later. */
  private void exchange() {
    NetDevice served = device;
    if (served == null || !mayServe()) {
      return;
    }
    waiting = Thread.currentThread();
    try {
      if (!post(served) || !send(served)) {
        alarm.set(life.now());
        return;
      }
    } finally {
      waiting = null;
    }
    Arrays.fill(offered, true);
    take();
  }

  private boolean post(NetDevice served) {
    for (int pair = 0; pair < served.pairs(); pair++) {
      ReceivePort port = served.attachment().receivePort(pair);
      port.submit();
      while (!port.isOffered()) {
        if (loop.isStopping()) {
          return false;
        }
        LockSupport.parkNanos(this, PATIENCE);
      }
    }
    return true;
  }

  private boolean send(NetDevice served) {
    for (int pair = 0; pair < served.pairs(); pair++) {
      TransmitPort port = served.attachment().transmitPort(pair);
      long total;
      synchronized (port) {
        total = port.stagedTotal();
        port.offerUpTo(total);
      }
      while (!isAnswered(port, total)) {
        if (loop.isStopping()) {
          return false;
        }
        senders[pair].run();
        if (port.arm() && !isAnswered(port, total)) {
          LockSupport.parkNanos(this, PATIENCE);
        }
      }
      synchronized (port) {
        port.allow(total);
      }
    }
    return true;
  }

  private static boolean isAnswered(TransmitPort port, long total) {
    synchronized (port) {
      return port.isAnswered(total);
    }
  }

  @Override
  public void settling(CompletionStage<?> over) {
    if (loop.isCurrentThread()) {
      resetting(over);
    }
  }

  /** Waits, so that the guest sees it over when it looks for the first time. */
  @Override
  public void resetting(CompletionStage<?> over) {
    waiting = Thread.currentThread();
    try {
      var done = over.toCompletableFuture();
      var _ = over.whenComplete((nothing, failure) -> wake());
      while (!done.isDone() && !loop.isStopping()) {
        LockSupport.parkNanos(this, PATIENCE);
      }
    } finally {
      waiting = null;
    }
  }

  @Override
  public void hold() {
    held = true;
  }

  @Override
  public void release() {
    held = false;
    goOn();
  }

  /**
   * Lets the driver have the buffers that it had before, and asks to be told of frames. A queue is
   * looked at only if there is something to do: the guest would see from its ring that it was.
   */
  private void goOn() {
    NetDevice served = device;
    if (served == null) {
      return;
    }
    for (int queue = 0; queue < offered.length; queue++) {
      if (isReceiving(served, queue)) {
        served.attachment().receivePort(queue / 2).submit();
      }
      if (!isHeld(served, queue) && !served.arm(queue)) {
        offered[queue] = true;
      }
    }
    handoff.raise();
  }

  @Override
  public void save(StateWriter out) {
    List<NicQueuesState.Queue> queues = new ArrayList<>();
    NetDevice served = device;
    for (int queue = 0; served != null && queue < offered.length; queue++) {
      queues.add(new NicQueuesState.Queue(offered[queue], allowed(served, queue)));
    }
    long deadline = alarm.deadline();
    out.put(new NicQueuesState(queues, deadline == Alarm.NEVER ? NicQueuesState.NEVER : deadline));
  }

  private static long allowed(NetDevice served, int queue) {
    if (!isTransmitting(served, queue)) {
      return 0;
    }
    TransmitPort port = served.attachment().transmitPort(queue / 2);
    synchronized (port) {
      return Math.max(0, port.allowedTotal() - port.givenTotal());
    }
  }

  @Override
  public void restore(StateReader in) throws StateException {
    NicQueuesState state = in.take(NicQueuesState.class);
    NetDevice served = device;
    if (served == null || state.queues().size() != offered.length) {
      throw new StateException(
          "the saved network card has %d queues, this one %d"
              .formatted(state.queues().size(), offered.length));
    }
    for (int queue = 0; queue < offered.length; queue++) {
      NicQueuesState.Queue saved = state.queues().get(queue);
      offered[queue] = saved.offered();
      if (isTransmitting(served, queue)) {
        allow(served.attachment().transmitPort(queue / 2), saved.allowed());
      } else if (saved.allowed() != 0) {
        throw new StateException("a queue that sends nothing gives %s back".formatted(saved));
      }
    }
    alarm.set(state.deadline() == NicQueuesState.NEVER ? Alarm.NEVER : state.deadline());
    goOn();
  }

  private static void allow(TransmitPort port, long frames) throws StateException {
    synchronized (port) {
      if (frames > port.stagedTotal()) {
        throw new StateException(
            "%d of %d frames may be given back".formatted(frames, port.stagedTotal()));
      }
      port.allow(frames);
    }
  }
}
