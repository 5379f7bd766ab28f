package org.tenon.hv.attach;

/**
 * Puts a port's completed requests back into the order in which they were staged, and lets none
 * through before it is allowed: what a guest sees then depends on nothing that a driver's threads
 * do. Used with the port's monitor held.
 */
final class StagingOrder {
  /** Tags not given back yet, oldest first. */
  private final int[] tags;

  private final boolean[] answered;
  private boolean kept;
  private long total;
  private long given;
  private long allowed;

  StagingOrder(int depth) {
    tags = new int[depth];
    answered = new boolean[depth];
  }

  void keep() {
    kept = true;
  }

  boolean isKept() {
    return kept;
  }

  void staged(int tag) {
    if (kept) {
      tags[(int) (total % tags.length)] = tag;
      answered[tag] = false;
      total++;
    }
  }

  long total() {
    return total;
  }

  long given() {
    return given;
  }

  long allowed() {
    return allowed;
  }

  /** Tags not given back, oldest first. */
  int[] left() {
    int[] left = new int[(int) (total - given)];
    for (int i = 0; i < left.length; i++) {
      left[i] = tags[(int) ((given + i) % tags.length)];
    }
    return left;
  }

  void allow(long upTo) {
    allowed = Math.max(allowed, upTo);
  }

  void answered(int tag) {
    answered[tag] = true;
  }

  boolean isAnswered(long upTo) {
    for (long at = given; at < Math.min(upTo, total); at++) {
      if (!answered[tags[(int) (at % tags.length)]]) {
        return false;
      }
    }
    return true;
  }

  /** The next tag to give back, or {@link InFlightLedger#NONE}. */
  int next() {
    if (given == Math.min(allowed, total)) {
      return InFlightLedger.NONE;
    }
    int tag = tags[(int) (given % tags.length)];
    if (!answered[tag]) {
      return InFlightLedger.NONE;
    }
    given++;
    return tag;
  }
}
