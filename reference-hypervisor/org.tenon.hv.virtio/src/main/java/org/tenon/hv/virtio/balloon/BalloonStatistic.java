package org.tenon.hv.virtio.balloon;

import java.util.Locale;

/** What a driver may tell of the guest's memory, in the order of the tags (VIRTIO 1.2, 5.5.6.3). */
public enum BalloonStatistic {
  /** Bytes swapped in. */
  SWAP_IN,
  /** Bytes swapped out. */
  SWAP_OUT,
  /** Page faults that needed storage. */
  MAJOR_FAULTS,
  /** Page faults that did not. */
  MINOR_FAULTS,
  /** Bytes that nothing uses. */
  FREE,
  /** Bytes the guest has. */
  TOTAL,
  /** Bytes that it could use without swapping. */
  AVAILABLE,
  /** Bytes of caches on storage. */
  CACHES,
  /** Huge pages allocated. */
  HUGE_ALLOCATIONS,
  /** Huge pages that could not be allocated. */
  HUGE_FAILURES;

  private static final BalloonStatistic[] BY_TAG = values();

  /** How many tags are known. */
  static final int TAGS = BY_TAG.length;

  /** The statistic of a tag below {@link #TAGS}. */
  static BalloonStatistic of(int tag) {
    return BY_TAG[tag];
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
