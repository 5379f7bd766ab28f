package org.tenon.spi.net;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/** What a driver took from a {@link NicOffer}. Always a subset of it. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicAgreement {
  private final SortedSet<Capability> capabilities;
  private final int queuePairs;
  private final int queueDepth;

  private NicAgreement(Builder builder) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(builder.capabilities));
    this.queuePairs = builder.queuePairs;
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

  /** How many pairs of queues the driver has, from 1. */
  public int queuePairs() {
    return queuePairs;
  }

  /**
   * How many frames to send, and how many buffers, are in flight on one pair at most; tags of
   * either direction are smaller than it.
   */
  public int queueDepth() {
    return queueDepth;
  }

  /** Whether everything agreed is in the offer. Asked by hosts. */
  public boolean isWithin(NicOffer offer) {
    return offer.capabilities().containsAll(capabilities)
        && queuePairs <= offer.maxQueuePairs()
        && queueDepth <= offer.maxQueueDepth();
  }

  @Override
  public String toString() {
    return "agreement on %s, %d pairs of queues of %d"
        .formatted(capabilities, queuePairs, queueDepth);
  }

  /** Takes from an offer; what is not offered cannot be taken. For one thread. */
  public static final class Builder {
    private final NicOffer offer;
    private final SortedSet<Capability> capabilities = new TreeSet<>();
    private int queuePairs = 1;
    private int queueDepth;

    Builder(NicOffer offer) {
      this.offer = offer;
      this.queueDepth = offer.maxQueueDepth();
    }

    /**
     * Takes each of these that is offered. {@link #build} gives back what needs another that was
     * not taken.
     */
    public Builder take(Capability... wanted) {
      for (Capability capability : wanted) {
        if (offer.offers(capability)) {
          capabilities.add(capability);
        }
      }
      return this;
    }

    /** Takes as many pairs of queues as are offered, up to {@code most}, from 1. */
    public Builder queuePairs(int most) {
      queuePairs = Math.clamp(most, 1, offer.maxQueuePairs());
      return this;
    }

    /** Takes as many frames in flight as are offered, up to {@code most}, from 1. */
    public Builder queueDepth(int most) {
      queueDepth = Math.clamp(most, 1, offer.maxQueueDepth());
      return this;
    }

    /** The agreement. */
    public NicAgreement build() {
      if (!capabilities.contains(NicCapabilities.TRANSMIT_CHECKSUM)) {
        capabilities.remove(NicCapabilities.TRANSMIT_TCP4);
        capabilities.remove(NicCapabilities.TRANSMIT_TCP6);
      }
      if (!capabilities.contains(NicCapabilities.RECEIVE_CHECKSUM)) {
        capabilities.remove(NicCapabilities.RECEIVE_JOINED);
      }
      return new NicAgreement(this);
    }
  }
}
