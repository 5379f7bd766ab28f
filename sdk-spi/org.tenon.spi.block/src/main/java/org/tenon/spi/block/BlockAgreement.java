package org.tenon.spi.block;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/** What a driver took from a {@link BlockOffer}. Always a subset of it. Immutable. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class BlockAgreement {
  private final SortedSet<Capability> capabilities;
  private final int queues;
  private final int queueDepth;

  private BlockAgreement(Builder builder) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(builder.capabilities));
    this.queues = builder.queues;
    this.queueDepth = builder.queueDepth;
  }

  /** What was agreed. */
  public SortedSet<Capability> capabilities() {
    return capabilities;
  }

  /** Whether it was agreed. */
  public boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  /** How many queues the driver has, from 1. */
  public int queues() {
    return queues;
  }

  /** How many requests are in flight on one queue at most; tags are smaller than it. */
  public int queueDepth() {
    return queueDepth;
  }

  /** Whether everything agreed is in the offer. Asked by hosts. */
  public boolean isWithin(BlockOffer offer) {
    return offer.capabilities().containsAll(capabilities)
        && queues <= offer.maxQueues()
        && queueDepth <= offer.maxQueueDepth();
  }

  @Override
  public String toString() {
    return "agreement on %s, %d queues of %d".formatted(capabilities, queues, queueDepth);
  }

  /** Takes from an offer; what is not offered cannot be taken. For one thread. */
  public static final class Builder {
    private final BlockOffer offer;
    private final SortedSet<Capability> capabilities = new TreeSet<>();
    private int queues = 1;
    private int queueDepth;

    Builder(BlockOffer offer) {
      this.offer = offer;
      this.queueDepth = offer.maxQueueDepth();
    }

    /** Takes each of these that is offered. */
    public Builder take(Capability... wanted) {
      for (Capability capability : wanted) {
        if (offer.offers(capability)) {
          capabilities.add(capability);
        }
      }
      return this;
    }

    /** Takes as many queues as are offered, up to {@code most}, from 1. */
    public Builder queues(int most) {
      queues = Math.clamp(most, 1, offer.maxQueues());
      return this;
    }

    /** Takes as many requests in flight as are offered, up to {@code most}, from 1. */
    public Builder queueDepth(int most) {
      queueDepth = Math.clamp(most, 1, offer.maxQueueDepth());
      return this;
    }

    /** The agreement. */
    public BlockAgreement build() {
      return new BlockAgreement(this);
    }
  }
}
