package org.tenon.kit.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.tenon.api.Fault;

/**
 * Takes back the memory of what has completed and notices who still uses it. Safe for any thread.
 */
final class MemoryWatch {
  private static final long QUARANTINE_BYTES = 64L << 20;

  private final LentMemory mode;
  private final FaultLog faults;
  private final Deque<LentSegments> poisoned = new ArrayDeque<>();
  private final List<LentSegments> stuck = new ArrayList<>();
  private long poisonedBytes;

  MemoryWatch(LentMemory mode, FaultLog faults) {
    this.mode = mode;
    this.faults = faults;
  }

  /** Ends the driver's right to the memory. Called at completion. */
  synchronized void takeBack(LentSegments lent) {
    if (mode == LentMemory.POISONED) {
      lent.poison();
      poisoned.add(lent);
      poisonedBytes += lent.length();
      while (poisonedBytes > QUARANTINE_BYTES) {
        release(poisoned.remove());
      }
    } else {
      revoke(lent);
    }
  }

  /** Looks at all memory that was taken back and frees it. Called after the driver was closed. */
  synchronized void finish() {
    while (!poisoned.isEmpty()) {
      release(poisoned.remove());
    }
    for (Iterator<LentSegments> each = stuck.iterator(); each.hasNext(); ) {
      if (each.next().revoke()) {
        each.remove();
      }
    }
  }

  private void release(LentSegments lent) {
    poisonedBytes -= lent.length();
    if (!lent.isPoisonIntact()) {
      faults.report(
          faults.memoryIsOver(),
          Fault.Kind.USED_AFTER_COMPLETE,
          lent.owner(),
          "wrote to the memory of %s after completing it".formatted(lent.owner().what()));
    }
    revoke(lent);
  }

  private void revoke(LentSegments lent) {
    if (!lent.revoke()) {
      stuck.add(lent);
      faults.report(
          faults.memoryIsOver(),
          Fault.Kind.USED_AFTER_COMPLETE,
          lent.owner(),
          "a thread was inside the memory of %s after its completion"
              .formatted(lent.owner().what()));
    }
  }
}
