package org.tenon.hv.app;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.machine.SlotKind;
import org.tenon.spi.Capability;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;

/**
 * What a user says of a partner's own PCI function: {@code
 * driver=ID,slot=fixed,interrupts=any,key=value…}.
 *
 * @param driver the driver's id
 * @param slot where it is plugged in
 * @param interrupts which interrupts it is offered
 * @param settings the driver's own
 */
record DeviceOption(
    String driver, SlotKind slot, Interrupts interrupts, Map<String, String> settings) {
  /** Which interrupts a function is offered. */
  enum Interrupts {
    ANY,
    MSIX,
    MSI,
    PIN;

    private Set<Capability> without() {
      return switch (this) {
        case ANY -> Set.of();
        case MSIX -> Set.of(DeviceCapabilities.MSI, DeviceCapabilities.INTX);
        case MSI -> Set.of(DeviceCapabilities.MSIX, DeviceCapabilities.INTX);
        case PIN -> Set.of(DeviceCapabilities.MSIX, DeviceCapabilities.MSI);
      };
    }
  }

  /** Reads one; the message of the exception says how to write it. */
  static DeviceOption parse(String text) throws InputException {
    KeyValues given = KeyValues.parse("--device", text, "driver=pci-hello,greeting=Hi");
    String driver = given.take("driver");
    if (driver == null) {
      throw given.wrong("which driver? add driver=ID");
    }
    SlotKind slot = given.takeChoice("slot", SlotKind.FIXED);
    Interrupts interrupts = given.takeChoice("interrupts", Interrupts.ANY);
    return new DeviceOption(driver, slot, interrupts, given.rest());
  }

  /** What the function is offered: everything but the other interrupts. */
  DeviceOffer offer() {
    DeviceOffer all = PartnerFunction.OFFER;
    Set<Capability> offered = new TreeSet<>(all.capabilities());
    offered.removeAll(interrupts.without());
    return DeviceOffer.of(offered, all.maxVectors(), all.maxLeases(), all.maxBarBytes());
  }
}
