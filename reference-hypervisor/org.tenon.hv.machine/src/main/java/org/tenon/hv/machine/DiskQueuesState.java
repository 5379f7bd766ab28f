package org.tenon.hv.machine;

import java.util.Collections;
import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * When a disk's queues are served. Counts begin with the oldest request that waits to be given
 * back: 0 stands before it.
 *
 * @param queues by index
 */
@StateFormat(name = "disk-queues", version = 1)
public record DiskQueuesState(List<Queue> queues) {
  /** Copies the list. */
  public DiskQueuesState {
    queues = List.copyOf(queues);
  }

  /** A deadline that there is not. */
  static final long NEVER = -1;

  /** One that is looked at when the machine runs, with nothing known of its instants. */
  private static final Queue AT_ONCE = new Queue(true, 0, 0, 0, NEVER);

  /** So many queues that are looked at when the machine runs. */
  static DiskQueuesState atOnce(int queues) {
    return new DiskQueuesState(Collections.nCopies(queues, AT_ONCE));
  }

  /**
   * One queue.
   *
   * @param offered whether it is to be looked at
   * @param allowed how many requests may be given back
   * @param answered up to which request the last alarm counted; negative for some that were given
   *     back
   * @param due up to which request the next alarm counts, likewise
   * @param deadline when it rings, in machine time, or -1
   */
  public record Queue(boolean offered, long allowed, long answered, long due, long deadline) {
    /** Checks the ranges. */
    public Queue {
      if (allowed < 0 || deadline < NEVER) {
        throw new IllegalArgumentException("no queue of a disk");
      }
    }
  }
}
