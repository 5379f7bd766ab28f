package org.tenon.hv.machine;

import java.util.Collections;
import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * When a network card's queues are served.
 *
 * @param queues by index
 * @param deadline when the driver and the guest exchange frames next, in machine time, or -1
 */
@StateFormat(name = "nic-queues", version = 1)
public record NicQueuesState(List<Queue> queues, long deadline) {
  /** A deadline that there is not. */
  static final long NEVER = -1;

  /** One that is looked at when the machine runs, with nothing known of its instants. */
  private static final Queue AT_ONCE = new Queue(true, 0);

  /** So many queues that are looked at when the machine runs. */
  static NicQueuesState atOnce(int queues) {
    return new NicQueuesState(Collections.nCopies(queues, AT_ONCE), NEVER);
  }

  /** Copies the list. */
  public NicQueuesState {
    queues = List.copyOf(queues);
    if (deadline < NEVER) {
      throw new IllegalArgumentException("no queues of a network card");
    }
  }

  /**
   * One queue.
   *
   * @param offered whether it is to be looked at
   * @param allowed how many frames may be given back, from the oldest that waits; 0 for a queue
   *     that sends none
   */
  public record Queue(boolean offered, long allowed) {
    /** Checks the range. */
    public Queue {
      if (allowed < 0) {
        throw new IllegalArgumentException("no queue of a network card");
      }
    }
  }
}
