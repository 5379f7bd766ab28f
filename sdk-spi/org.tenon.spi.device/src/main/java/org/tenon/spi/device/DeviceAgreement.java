package org.tenon.spi.device;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/** What a driver took from a {@link DeviceOffer}. Always a subset of it. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceAgreement {
  private final SortedSet<Capability> capabilities;
  private final int vectors;

  private DeviceAgreement(Builder builder) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(builder.capabilities));
    this.vectors = builder.vectors;
  }

  /** What was agreed. */
  public SortedSet<Capability> capabilities() {
    return capabilities;
  }

  /** Whether it was agreed. */
  public boolean has(Capability capability) {
    return capabilities.contains(capability);
  }

  /** Whether the function sends interrupt messages: MSI-X or MSI. */
  public boolean hasMessages() {
    return has(DeviceCapabilities.MSIX) || has(DeviceCapabilities.MSI);
  }

  /** How many interrupt vectors the function has, from 1; of use with messages only. */
  public int vectors() {
    return vectors;
  }

  /** Whether everything agreed is in the offer and goes together. Asked by hosts. */
  public boolean isWithin(DeviceOffer offer) {
    return offer.capabilities().containsAll(capabilities)
        && vectors <= most(offer, capabilities)
        && !(has(DeviceCapabilities.MSIX) && has(DeviceCapabilities.MSI));
  }

  private static int most(DeviceOffer offer, SortedSet<Capability> taken) {
    return taken.contains(DeviceCapabilities.MSI)
        ? Math.min(offer.maxVectors(), DeviceOffer.MSI_VECTORS_LIMIT)
        : offer.maxVectors();
  }

  @Override
  public String toString() {
    return "agreement on %s, %d vectors".formatted(capabilities, vectors);
  }

  /** Takes from an offer; what is not offered cannot be taken. For one thread. */
  public static final class Builder {
    private final DeviceOffer offer;
    private final SortedSet<Capability> capabilities = new TreeSet<>();
    private int vectors = 1;

    Builder(DeviceOffer offer) {
      this.offer = offer;
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

    /**
     * Takes as many interrupt vectors as are offered, up to {@code most}, from 1; with {@link
     * DeviceCapabilities#MSI} no more than {@value DeviceOffer#MSI_VECTORS_LIMIT}.
     */
    public Builder vectors(int most) {
      vectors = Math.clamp(most, 1, offer.maxVectors());
      return this;
    }

    /** The agreement. */
    public DeviceAgreement build() {
      vectors = Math.min(vectors, most(offer, capabilities));
      return new DeviceAgreement(this);
    }
  }
}
