package org.tenon.hv.attach;

import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;

/**
 * Decides when a device model looks at its queues: at once on threads of their own, on a run loop,
 * or at instants that repeat from run to run. Every method may be called by any thread and calls
 * nothing back; but for {@link #settling} each returns at once.
 */
public interface QueueSchedule {
  /** The guest has put something into a queue, or may have. */
  void offered(int queue);

  /** The driver has something for a queue. */
  void answered(int queue);

  /**
   * The driver has been told something that the guest relies on, and obeys when the stage
   * completes. A schedule whose instants repeat waits for it.
   */
  default void settling(CompletionStage<?> over) {}

  /** Whether the guest lets the device at its memory; where not, a driver that rests stays so. */
  default boolean mayServe() {
    return true;
  }

  /** One that makes no difference between the two. */
  static QueueSchedule of(IntConsumer wake) {
    return new QueueSchedule() {
      @Override
      public void offered(int queue) {
        wake.accept(queue);
      }

      @Override
      public void answered(int queue) {
        wake.accept(queue);
      }
    };
  }
}
