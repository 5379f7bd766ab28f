package org.tenon.spi.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * What a function's configuration space says (PCI local bus specification 3.0, 6.2). Immutable;
 * made with {@link #of}. Capabilities follow from the {@link DeviceAgreement}.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class PciFunctionDescription {
  /** The value of {@link #msixBar()} where there is none. */
  public static final int NONE = -1;

  private final int vendor;
  private final int device;
  private final int classCode;
  private final int revision;
  private final int subsystemVendor;
  private final int subsystem;
  private final List<PciBar> bars;
  private final int msixBar;

  private PciFunctionDescription(Builder builder) {
    vendor = builder.vendor;
    device = builder.device;
    classCode = builder.classCode;
    revision = builder.revision;
    subsystemVendor = builder.subsystemVendor;
    subsystem = builder.subsystem;
    bars = List.copyOf(builder.bars);
    msixBar = builder.msixBar;
    checkNumbers();
    checkPlaces();
  }

  /**
   * Begins a description: revision 0, no subsystem, no BAR.
   *
   * @param vendor vendor id, 16 bits, not FFFFH
   * @param device device id, 16 bits
   * @param classCode base class, subclass and programming interface, 24 bits
   */
  public static Builder of(int vendor, int device, int classCode) {
    return new Builder(vendor, device, classCode);
  }

  /** Vendor id. */
  public int vendor() {
    return vendor;
  }

  /** Device id. */
  public int device() {
    return device;
  }

  /** Base class, subclass and programming interface. */
  public int classCode() {
    return classCode;
  }

  /** Revision id, 8 bits. */
  public int revision() {
    return revision;
  }

  /** Subsystem vendor id, 16 bits. */
  public int subsystemVendor() {
    return subsystemVendor;
  }

  /** Subsystem id, 16 bits. */
  public int subsystem() {
    return subsystem;
  }

  /** The driver's BARs, in the order of their indexes. */
  public List<PciBar> bars() {
    return bars;
  }

  /** The BAR that the host uses for the MSI-X table and pending bits, or {@link #NONE}. */
  public int msixBar() {
    return msixBar;
  }

  /**
   * Whether the description keeps to what was agreed: an MSI-X BAR where MSI-X was, and only there;
   * no BAR beyond the offer's size. Asked by hosts.
   */
  public boolean isWithin(DeviceAgreement agreement, DeviceOffer offer) {
    return agreement.has(DeviceCapabilities.MSIX) == (msixBar != NONE)
        && bars.stream()
            .allMatch(bar -> bar.kind() == PciBar.Kind.PORTS || bar.size() <= offer.maxBarBytes());
  }

  private void checkNumbers() {
    boolean fits =
        ((vendor | device | subsystemVendor | subsystem) & ~0xffff) == 0
            && (classCode & ~0xffffff) == 0
            && (revision & ~0xff) == 0
            && vendor != 0xffff;
    if (!fits) {
      throw new IllegalArgumentException(
          "no PCI function is %x:%x, class %x, revision %x, subsystem %x:%x"
              .formatted(vendor, device, classCode, revision, subsystemVendor, subsystem));
    }
  }

  private void checkPlaces() {
    int taken = msixBar == NONE ? 0 : 1 << msixBar;
    for (PciBar bar : bars) {
      int places = ((1 << bar.registersTaken()) - 1) << bar.index();
      if ((taken & places) != 0) {
        throw new IllegalArgumentException("BAR " + bar.index() + " is taken twice");
      }
      taken |= places;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PciFunctionDescription d
        && vendor == d.vendor
        && device == d.device
        && classCode == d.classCode
        && revision == d.revision
        && subsystemVendor == d.subsystemVendor
        && subsystem == d.subsystem
        && bars.equals(d.bars)
        && msixBar == d.msixBar;
  }

  @Override
  public int hashCode() {
    return Objects.hash(vendor, device, classCode, revision, bars, msixBar);
  }

  @Override
  public String toString() {
    return "PCI function %04x:%04x, class %06x, %d BARs"
        .formatted(vendor, device, classCode, bars.size());
  }

  /** Collects what a function has. For one thread. */
  public static final class Builder {
    private final int vendor;
    private final int device;
    private final int classCode;
    private final List<PciBar> bars = new ArrayList<>();
    private int revision;
    private int subsystemVendor;
    private int subsystem;
    private int msixBar = NONE;

    private Builder(int vendor, int device, int classCode) {
      this.vendor = vendor;
      this.device = device;
      this.classCode = classCode;
    }

    /** Sets the revision id, 8 bits. */
    public Builder revision(int value) {
      revision = value;
      return this;
    }

    /** Sets the subsystem's vendor id and id, 16 bits each. */
    public Builder subsystem(int vendorId, int id) {
      subsystemVendor = vendorId;
      subsystem = id;
      return this;
    }

    /** Adds a BAR; in the order of the indexes. */
    public Builder bar(PciBar bar) {
      bars.add(bar);
      return this;
    }

    /**
     * Leaves a 32-bit memory BAR to the host, for the MSI-X table and its pending bits. Needed
     * with, and only with, {@link DeviceCapabilities#MSIX}.
     *
     * @param index 0 to 5
     */
    public Builder msixBar(int index) {
      msixBar = Objects.checkIndex(index, 6);
      return this;
    }

    /**
     * The description.
     *
     * @throws IllegalArgumentException if a number is out of its range or two BARs share a register
     */
    public PciFunctionDescription build() {
      return new PciFunctionDescription(this);
    }
  }
}
