package org.tenon.kit.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.tenon.api.Fault;

/**
 * Takes back the memory of completed requests and notices who still uses it. Safe for any thread.
 */
final class MemoryWatch {
  private static final long QUARANTINE_BYTES = 64L << 20;

  private final LentMemory mode;
  private final FaultLog faults;
  private final Deque<LentRequest> poisoned = new ArrayDeque<>();
  private final List<LentRequest> stuck = new ArrayList<>();
  private long poisonedBytes;

  MemoryWatch(LentMemory mode, FaultLog faults) {
    this.mode = mode;
    this.faults = faults;
  }

  /** Ends the driver's right to the memory. Called at completion. */
  synchronized void takeBack(LentRequest request) {
    if (mode == LentMemory.POISONED) {
      request.poison();
      poisoned.add(request);
      poisonedBytes += request.length();
      while (poisonedBytes > QUARANTINE_BYTES) {
        release(poisoned.remove());
      }
    } else {
      revoke(request);
    }
  }

  /** Looks at all memory that was taken back and frees it. Called after the driver was closed. */
  synchronized void finish() {
    while (!poisoned.isEmpty()) {
      release(poisoned.remove());
    }
    for (Iterator<LentRequest> each = stuck.iterator(); each.hasNext(); ) {
      if (each.next().revoke()) {
        each.remove();
      }
    }
  }

  private void release(LentRequest request) {
    poisonedBytes -= request.length();
    if (!request.isPoisonIntact()) {
      faults.report(
          Clauses.MEMORY_IS_OVER,
          Fault.Kind.USED_AFTER_COMPLETE,
          request.submission(),
          "wrote to the memory of %s after completing it"
              .formatted(request.submission().request()));
    }
    revoke(request);
  }

  private void revoke(LentRequest request) {
    if (!request.revoke()) {
      stuck.add(request);
      faults.report(
          Clauses.MEMORY_IS_OVER,
          Fault.Kind.USED_AFTER_COMPLETE,
          request.submission(),
          "a thread was inside the memory of %s after its completion"
              .formatted(request.submission().request()));
    }
  }
}
