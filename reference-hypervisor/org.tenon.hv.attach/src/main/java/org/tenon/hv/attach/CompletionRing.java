package org.tenon.hv.attach;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Tags on their way back from the driver: many producers, the queue's thread takes. A tag is in it
 * at most once, so that a ring as large as the queue's depth never overflows.
 */
final class CompletionRing {
  /** What {@link #poll} answers when there is nothing. */
  static final int EMPTY = -1;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle TAIL;

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(CompletionRing.class, "tail", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Tag + 1, or 0 where nothing is. */
  private final int[] slots;

  private final int mask;
  private int head;

  @SuppressWarnings("unused") // through TAIL
  private volatile int tail;

  CompletionRing(int depth) {
    int capacity = Integer.highestOneBit(Math.max(1, depth - 1)) << 1;
    slots = new int[capacity];
    mask = capacity - 1;
  }

  /** Any thread. What the thread wrote before is visible to whoever takes the tag. */
  void push(int tag) {
    int at = (int) TAIL.getAndAdd(this, 1);
    SLOT.setVolatile(slots, at & mask, tag + 1);
  }

  /** The queue's thread. */
  int poll() {
    int slot = head & mask;
    int taken = (int) SLOT.getAcquire(slots, slot);
    if (taken == 0) {
      return EMPTY;
    }
    slots[slot] = 0;
    head++;
    return taken - 1;
  }

  /** Whether {@link #poll} would find something. The queue's thread. */
  boolean isEmpty() {
    return (int) SLOT.getVolatile(slots, head & mask) == 0;
  }
}
