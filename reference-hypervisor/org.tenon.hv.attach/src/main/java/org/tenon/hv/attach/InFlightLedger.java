package org.tenon.hv.attach;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who owns each tag of one queue. The state of a tag moves by compare-and-set, which is what makes
 * a completion count exactly once whoever calls, whenever:
 *
 * <pre>{@code
 * FREE ── claim ──▶ STAGED ── offer ──▶ IN_FLIGHT ── complete | fail ──▶ COMPLETED ── release ──▶ FREE
 *                      ▲                    │
 *                      └──── withdraw ──────┘  (the driver did not accept it)
 * }</pre>
 */
final class InFlightLedger {
  /** What {@link #claim} answers when every tag is in use. */
  static final int NONE = -1;

  /** How a completion was judged. */
  enum Verdict {
    /** The first one for a request in flight. */
    ACCEPTED,
    /** The request was completed before. */
    TWICE,
    /** The driver was never given the tag. */
    UNKNOWN
  }

  private static final int FREE = 0;
  private static final int STAGED = 1;
  private static final int IN_FLIGHT = 2;
  private static final int COMPLETED = 3;
  private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

  private final int[] states;
  private final long[] offeredAt;
  private final long[] order;
  private long nextOrder;

  /**
   * Free tags, oldest first, so that a tag rests as long as possible and a late completion is seen
   * for what it is.
   */
  private final int[] free;

  private int freeHead;
  private int freeCount;

  InFlightLedger(int depth) {
    states = new int[depth];
    offeredAt = new long[depth];
    order = new long[depth];
    free = new int[depth];
    for (int tag = 0; tag < depth; tag++) {
      free[tag] = tag;
    }
    freeCount = depth;
  }

  int depth() {
    return states.length;
  }

  /** A free tag, now STAGED, or {@link #NONE}. The queue's thread. */
  int claim() {
    if (freeCount == 0) {
      return NONE;
    }
    int tag = free[freeHead];
    freeHead = freeHead + 1 == free.length ? 0 : freeHead + 1;
    freeCount--;
    STATE.setOpaque(states, tag, STAGED);
    return tag;
  }

  /** Frees a COMPLETED or STAGED tag. The queue's thread. */
  void release(int tag) {
    STATE.setOpaque(states, tag, FREE);
    int slot = freeHead + freeCount;
    free[slot >= free.length ? slot - free.length : slot] = tag;
    freeCount++;
  }

  /** Moves a COMPLETED tag to STAGED for a second round. The queue's thread. */
  void restage(int tag) {
    STATE.setOpaque(states, tag, STAGED);
  }

  /** Tags that are not free. The queue's thread. */
  int used() {
    return states.length - freeCount;
  }

  /**
   * Hands a STAGED tag to the driver, with everything the thread wrote before. The queue's thread.
   */
  void offer(int tag, long now) {
    offeredAt[tag] = now;
    order[tag] = nextOrder++;
    STATE.setRelease(states, tag, IN_FLIGHT);
  }

  /**
   * Takes back a tag that the driver did not accept; false where it has completed it nevertheless.
   */
  boolean withdraw(int tag) {
    return STATE.compareAndSet(states, tag, IN_FLIGHT, STAGED);
  }

  /** Any thread; any number. */
  Verdict complete(int tag) {
    if (tag < 0 || tag >= states.length) {
      return Verdict.UNKNOWN;
    }
    if (STATE.compareAndSet(states, tag, IN_FLIGHT, COMPLETED)) {
      return Verdict.ACCEPTED;
    }
    return (int) STATE.getVolatile(states, tag) == COMPLETED ? Verdict.TWICE : Verdict.UNKNOWN;
  }

  /** Marks a STAGED tag as completed without the driver. The queue's thread. */
  void completeStaged(int tag) {
    STATE.setRelease(states, tag, COMPLETED);
  }

  /** The tags in flight, in the order of submission. Any thread; for control, it allocates. */
  List<Integer> inFlight() {
    List<Integer> tags = new ArrayList<>();
    for (int tag = 0; tag < states.length; tag++) {
      if ((int) STATE.getAcquire(states, tag) == IN_FLIGHT) {
        tags.add(tag);
      }
    }
    tags.sort(Comparator.comparingLong(tag -> order[tag]));
    return tags;
  }

  /**
   * A tag in flight since before {@code limit} (on the clock of {@link #offer}), or {@link #NONE}.
   * Any thread.
   */
  int overdue(long limit) {
    for (int tag = 0; tag < states.length; tag++) {
      if ((int) STATE.getAcquire(states, tag) == IN_FLIGHT && offeredAt[tag] - limit < 0) {
        return tag;
      }
    }
    return NONE;
  }
}
