package org.tenon.spi.net;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.api.Version;
import org.tenon.spi.Capability;
import org.tenon.spi.Spi;

/**
 * What a host can make use of. Made by the host, read by {@link NicDriverFactory#negotiate}.
 * Immutable.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicOffer {
  /** The most pairs of queues that any host offers. */
  public static final int QUEUE_PAIRS_LIMIT = 128;

  /** The most frames, and the most buffers, in flight on one pair that any host offers. */
  public static final int QUEUE_DEPTH_LIMIT = 32_768;

  private final SortedSet<Capability> capabilities;
  private final int maxQueuePairs;
  private final int maxQueueDepth;

  private NicOffer(Set<Capability> capabilities, int maxQueuePairs, int maxQueueDepth) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    this.maxQueuePairs = maxQueuePairs;
    this.maxQueueDepth = maxQueueDepth;
  }

  /**
   * An offer. Called by hosts.
   *
   * @param capabilities what the host can make use of
   * @param maxQueuePairs 1 to {@value #QUEUE_PAIRS_LIMIT}
   * @param maxQueueDepth 1 to {@value #QUEUE_DEPTH_LIMIT}
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static NicOffer of(Set<Capability> capabilities, int maxQueuePairs, int maxQueueDepth) {
    if (maxQueuePairs < 1
        || maxQueuePairs > QUEUE_PAIRS_LIMIT
        || maxQueueDepth < 1
        || maxQueueDepth > QUEUE_DEPTH_LIMIT) {
      throw new IllegalArgumentException(
          "an offer has 1 to %d pairs of queues of 1 to %d frames, not %d of %d"
              .formatted(QUEUE_PAIRS_LIMIT, QUEUE_DEPTH_LIMIT, maxQueuePairs, maxQueueDepth));
    }
    return new NicOffer(capabilities, maxQueuePairs, maxQueueDepth);
  }

  /** The SPI version that the host speaks. */
  public Version spi() {
    return Spi.VERSION;
  }

  /** What the host can make use of; may hold capabilities that the driver does not know. */
  public SortedSet<Capability> capabilities() {
    return capabilities;
  }

  /** Whether the host can make use of it. */
  public boolean offers(Capability capability) {
    return capabilities.contains(capability);
  }

  /** The most pairs of queues. */
  public int maxQueuePairs() {
    return maxQueuePairs;
  }

  /** The most frames to send, and the most buffers, in flight on one pair. */
  public int maxQueueDepth() {
    return maxQueueDepth;
  }

  /** Begins an agreement: no capability, one pair of queues, the full depth. */
  public NicAgreement.Builder accept() {
    return new NicAgreement.Builder(this);
  }

  @Override
  public String toString() {
    return "offer of %s, %d pairs of queues of %d"
        .formatted(capabilities, maxQueuePairs, maxQueueDepth);
  }
}
