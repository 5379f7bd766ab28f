package org.tenon.hv.attach;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who owns each tag of one queue, and how each request ended. A tag leaves IN_FLIGHT by one
 * compare-and-set that also carries its status, which is what makes a completion count exactly once
 * whoever calls, whenever:
 *
 * <pre>{@code
 * FREE ── claim ──▶ STAGED ── offer ──▶ IN_FLIGHT ── complete ──▶ COMPLETED ── release ──▶ FREE
 *                      ▲                    │
 *                      └──── withdraw ──────┘  (the driver did not accept it)
 * }</pre>
 *
 * <p>{@link #complete} may be called by any thread at any time; everything else by one thread at a
 * time, which finds what was completed by looking at what it had offered, in the order in which it
 * had: no second hand-over costs the driver's thread anything.
 */
final class InFlightLedger {
  /** No tag. */
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

  private static final long FREE = 0;
  private static final long STAGED = 1;
  private static final long IN_FLIGHT = 2;
  private static final long COMPLETED = 3;
  private static final long STATE_MASK = 3;
  private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(long[].class);

  /** By tag: the state, and once COMPLETED the status in the upper half. */
  private final long[] states;

  /** By tag: when it was offered, in ticks of the watchdog. */
  private final int[] offeredAt;

  /** Tags offered and not seen completed yet, oldest first. */
  private final int[] offered;

  private int offeredCount;

  /** Tags seen completed and not taken yet, oldest first from {@link #endedHead}. */
  private final int[] ended;

  private int endedHead;
  private int endedCount;

  /**
   * Free tags, oldest first, so that a tag rests as long as possible and a late completion is seen
   * for what it is.
   */
  private final int[] free;

  private int freeHead;
  private int freeCount;

  InFlightLedger(int depth) {
    states = new long[depth];
    offeredAt = new int[depth];
    offered = new int[depth];
    ended = new int[depth];
    free = new int[depth];
    for (int tag = 0; tag < depth; tag++) {
      free[tag] = tag;
    }
    freeCount = depth;
  }

  int depth() {
    return states.length;
  }

  /** A free tag, now STAGED, or {@link #NONE}. */
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

  /** Frees a COMPLETED or STAGED tag. */
  void release(int tag) {
    STATE.setOpaque(states, tag, FREE);
    int slot = freeHead + freeCount;
    free[slot >= free.length ? slot - free.length : slot] = tag;
    freeCount++;
  }

  /** Moves a COMPLETED tag to STAGED for a second round. */
  void restage(int tag) {
    STATE.setOpaque(states, tag, STAGED);
  }

  /** Tags that are not free. */
  int used() {
    return states.length - freeCount;
  }

  /** Hands a STAGED tag to the driver, with everything the thread wrote before. */
  void offer(int tag, int tick) {
    offeredAt[tag] = tick;
    offered[offeredCount++] = tag;
    STATE.setRelease(states, tag, IN_FLIGHT);
  }

  /**
   * Takes back a tag that the driver did not accept; false where it has completed it nevertheless.
   */
  boolean withdraw(int tag) {
    if (!STATE.compareAndSet(states, tag, IN_FLIGHT, STAGED)) {
      return false;
    }
    int at = offeredCount - 1;
    while (offered[at] != tag) {
      at--;
    }
    offeredCount--;
    System.arraycopy(offered, at + 1, offered, at, offeredCount - at);
    return true;
  }

  /** Any thread; any number. */
  Verdict complete(int tag, int status) {
    if (tag < 0 || tag >= states.length) {
      return Verdict.UNKNOWN;
    }
    long end = (long) status << 32 | COMPLETED;
    if (STATE.compareAndSet(states, tag, IN_FLIGHT, end)) {
      return Verdict.ACCEPTED;
    }
    long now = (long) STATE.getVolatile(states, tag);
    return (now & STATE_MASK) == COMPLETED ? Verdict.TWICE : Verdict.UNKNOWN;
  }

  /** Ends a STAGED tag without the driver. */
  void completeStaged(int tag, int status) {
    STATE.setRelease(states, tag, (long) status << 32 | COMPLETED);
    addEnded(tag);
  }

  /** Ends a tag that was withdrawn; leaves one that the driver has completed as it is. */
  void failWithdrawn(int tag, int status) {
    if (state(tag) == STAGED) {
      completeStaged(tag, status);
    }
  }

  /** Ends everything in flight without the driver, in the order in which it was offered. */
  void completeAll(int status) {
    for (int i = 0; i < offeredCount; i++) {
      var _ = complete(offered[i], status);
    }
    collect();
  }

  /** The next tag that was completed, or {@link #NONE}; its owner is the caller from now on. */
  int takeEnded() {
    if (endedCount == 0) {
      collect();
      if (endedCount == 0) {
        return NONE;
      }
    }
    int tag = ended[endedHead];
    endedHead = endedHead + 1 == ended.length ? 0 : endedHead + 1;
    endedCount--;
    return tag;
  }

  /** Completed tags that nobody has taken, in the order in which they will be. */
  int[] left() {
    collect();
    int[] left = new int[endedCount];
    for (int i = 0; i < endedCount; i++) {
      left[i] = ended[(endedHead + i) % ended.length];
    }
    return left;
  }

  /** Moves what is completed from one list to the other. */
  private void collect() {
    int kept = 0;
    for (int i = 0; i < offeredCount; i++) {
      int tag = offered[i];
      if (state(tag) == COMPLETED) {
        addEnded(tag);
      } else {
        offered[kept++] = tag;
      }
    }
    offeredCount = kept;
  }

  private void addEnded(int tag) {
    int slot = endedHead + endedCount;
    ended[slot >= ended.length ? slot - ended.length : slot] = tag;
    endedCount++;
  }

  /** Whether {@link #takeEnded} would find something. */
  boolean hasEnded() {
    if (endedCount > 0) {
      return true;
    }
    for (int i = 0; i < offeredCount; i++) {
      if (state(offered[i]) == COMPLETED) {
        return true;
      }
    }
    return false;
  }

  /** Whether the driver has the tag; any thread. */
  boolean isInFlight(int tag) {
    return tag >= 0 && tag < states.length && state(tag) == IN_FLIGHT;
  }

  /** Whether the tag has ended and is not released. */
  boolean isCompleted(int tag) {
    return state(tag) == COMPLETED;
  }

  /** How the COMPLETED tag ended. */
  int status(int tag) {
    return (int) ((long) STATE.getAcquire(states, tag) >> 32);
  }

  /** How many tags are in flight. */
  int inFlight() {
    int count = 0;
    for (int i = 0; i < offeredCount; i++) {
      if (state(offered[i]) == IN_FLIGHT) {
        count++;
      }
    }
    return count;
  }

  /** The oldest tag in flight if it was offered before the tick, or {@link #NONE}. */
  int offeredBefore(int tick) {
    for (int i = 0; i < offeredCount; i++) {
      int tag = offered[i];
      if (state(tag) == IN_FLIGHT) {
        return offeredAt[tag] - tick < 0 ? tag : NONE;
      }
    }
    return NONE;
  }

  private long state(int tag) {
    return (long) STATE.getVolatile(states, tag) & STATE_MASK;
  }
}
