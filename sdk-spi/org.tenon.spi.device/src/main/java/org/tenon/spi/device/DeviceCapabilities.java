package org.tenon.spi.device;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/** The capabilities of PCI functions that this SDK knows. More may be offered; ignore them. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceCapabilities {
  /**
   * The function has MSI-X (PCI local bus specification 3.0, 6.8.2) with {@link
   * DeviceAgreement#vectors()} vectors; {@link DeviceHost#signal} sends them.
   */
  public static final Capability MSIX = Capability.of("msix");

  /**
   * The function has MSI (6.8.1) with {@link DeviceAgreement#vectors()} vectors, at most {@value
   * DeviceOffer#MSI_VECTORS_LIMIT}, rounded up to a power of two; {@link DeviceHost#signal} sends
   * them. A guest may allow fewer, which then share: the handler asks the registers what there is.
   * Takes no BAR. Not together with {@link #MSIX}: take MSI where MSI-X is not offered, or not
   * wanted.
   */
  public static final Capability MSI = Capability.of("msi");

  /** The function has an interrupt pin, INTA, that {@link DeviceHost#setIntx} drives. */
  public static final Capability INTX = Capability.of("intx");

  /** The function reads and writes guest memory on its own: the DMA calls of {@link DeviceHost}. */
  public static final Capability BUS_MASTER = Capability.of("bus-master");

  /**
   * The guest can reset this function alone, through its configuration space; {@link
   * DeviceDriver#functionReset} tells, with {@link ResetLevel#FUNCTION}.
   */
  public static final Capability FUNCTION_RESET = Capability.of("function-reset");

  /** All of the above. */
  public static final SortedSet<Capability> ALL =
      Collections.unmodifiableSortedSet(
          new TreeSet<>(List.of(MSIX, MSI, INTX, BUS_MASTER, FUNCTION_RESET)));

  private DeviceCapabilities() {}
}
