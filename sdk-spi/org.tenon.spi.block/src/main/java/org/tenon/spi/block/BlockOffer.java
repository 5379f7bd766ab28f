package org.tenon.spi.block;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.api.Version;
import org.tenon.spi.Capability;
import org.tenon.spi.Spi;

/**
 * What a host can make use of. Made by the host, read by {@link BlockDriverFactory#negotiate}.
 * Immutable.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class BlockOffer {
  /** The most queues that any host offers. */
  public static final int QUEUES_LIMIT = 256;

  /** The most requests in flight on one queue that any host offers. */
  public static final int QUEUE_DEPTH_LIMIT = 32_768;

  private final SortedSet<Capability> capabilities;
  private final int maxQueues;
  private final int maxQueueDepth;

  private BlockOffer(Set<Capability> capabilities, int maxQueues, int maxQueueDepth) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    this.maxQueues = maxQueues;
    this.maxQueueDepth = maxQueueDepth;
  }

  /**
   * An offer. Called by hosts.
   *
   * @param capabilities what the host can make use of
   * @param maxQueues 1 to {@value #QUEUES_LIMIT}
   * @param maxQueueDepth 1 to {@value #QUEUE_DEPTH_LIMIT}
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static BlockOffer of(Set<Capability> capabilities, int maxQueues, int maxQueueDepth) {
    if (maxQueues < 1
        || maxQueues > QUEUES_LIMIT
        || maxQueueDepth < 1
        || maxQueueDepth > QUEUE_DEPTH_LIMIT) {
      throw new IllegalArgumentException(
          "an offer has 1 to %d queues of 1 to %d requests, not %d of %d"
              .formatted(QUEUES_LIMIT, QUEUE_DEPTH_LIMIT, maxQueues, maxQueueDepth));
    }
    return new BlockOffer(capabilities, maxQueues, maxQueueDepth);
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

  /** The most queues. */
  public int maxQueues() {
    return maxQueues;
  }

  /** The most requests in flight on one queue. */
  public int maxQueueDepth() {
    return maxQueueDepth;
  }

  /** Begins an agreement: no capability, one queue, the full depth. */
  public BlockAgreement.Builder accept() {
    return new BlockAgreement.Builder(this);
  }

  @Override
  public String toString() {
    return "offer of %s, %d queues of %d".formatted(capabilities, maxQueues, maxQueueDepth);
  }
}
