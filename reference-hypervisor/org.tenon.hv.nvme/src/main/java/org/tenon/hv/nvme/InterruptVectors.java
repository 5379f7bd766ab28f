package org.tenon.hv.nvme;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * Interrupts the guest when completions wait: by message, gathered as the coalescing feature says
 * (5.21.1.8), or by the wire while a queue that asks for interrupts is not empty (7.5.1).
 */
final class InterruptVectors implements Saved {
  private static final long TIME_UNIT = 100_000;

  private final Features features;
  private final Clock clock;
  private final Output output;
  private final int[] gathered;
  private final Alarm[] alarms;
  private boolean masked;

  /** What interrupts reach the guest by. */
  interface Output {
    /** Whether the guest uses messages. */
    boolean usesMessages();

    /** Sends a message. */
    void message(int vector);

    /** Drives the wire. */
    void wire(boolean asserted);
  }

  InterruptVectors(int vectors, Features features, Clock clock, Output output) {
    this.features = features;
    this.clock = clock;
    this.output = output;
    gathered = new int[vectors];
    alarms = new Alarm[vectors];
    for (int i = 0; i < vectors; i++) {
      int vector = i;
      alarms[i] = clock.alarm("nvme vector " + i, () -> send(vector));
    }
  }

  int count() {
    return gathered.length;
  }

  /** A queue has one completion more; {@link #signal} tells the guest. */
  void completed(CompletionQueue queue) {
    if (queue.hasInterrupts()) {
      gathered[queue.vector()]++;
    }
  }

  /** Interrupts for what has gathered, where it is time. */
  void signal(@Nullable CompletionQueue[] queues) {
    if (!output.usesMessages()) {
      driveWire(queues);
      return;
    }
    for (int vector = 0; vector < gathered.length; vector++) {
      if (gathered[vector] > 0) {
        // Admin completions are never held back.
        boolean wait =
            vector > 0
                && features.coalescingTime() > 0
                && features.isCoalesced(vector)
                && gathered[vector] < features.coalescingThreshold();
        if (!wait) {
          send(vector);
        } else if (alarms[vector].deadline() == Alarm.NEVER) {
          alarms[vector].set(clock.now() + features.coalescingTime() * TIME_UNIT);
        }
      }
    }
  }

  private void send(int vector) {
    alarms[vector].cancel();
    if (gathered[vector] > 0) {
      gathered[vector] = 0;
      output.message(vector);
    }
  }

  /** The mask register, whose bit 0 is the wire's. */
  void mask(boolean now, @Nullable CompletionQueue[] queues) {
    masked = now;
    driveWire(queues);
  }

  boolean isMasked() {
    return masked;
  }

  /** Sets the wire to what the queues ask for. */
  void driveWire(@Nullable CompletionQueue[] queues) {
    if (output.usesMessages()) {
      return;
    }
    boolean waiting = false;
    for (@Nullable CompletionQueue queue : queues) {
      waiting |= queue != null && queue.hasInterrupts() && !queue.isEmpty();
    }
    Arrays.fill(gathered, 0);
    output.wire(waiting && !masked);
  }

  @Override
  public void save(StateWriter out) {
    out.put(
        new InterruptVectorsState(
            masked,
            Arrays.stream(gathered).boxed().toList(),
            Arrays.stream(alarms).map(Alarm::deadline).toList()));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    InterruptVectorsState state = in.take(InterruptVectorsState.class);
    if (state.gathered().size() != gathered.length) {
      throw new StateException(
          "the saved NVMe controller has %d vectors, this one %d"
              .formatted(state.gathered().size(), gathered.length));
    }
    masked = state.masked();
    for (int vector = 0; vector < gathered.length; vector++) {
      gathered[vector] = state.gathered().get(vector);
      alarms[vector].set(state.deadlines().get(vector));
    }
  }

  void reset() {
    for (Alarm alarm : alarms) {
      alarm.cancel();
    }
    Arrays.fill(gathered, 0);
    masked = false;
    output.wire(false);
  }
}
