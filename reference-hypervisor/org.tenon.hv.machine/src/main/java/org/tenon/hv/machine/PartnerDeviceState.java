package org.tenon.hv.machine;

import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.attach.DriverState;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.spi.device.PciFunctionDescription;

/**
 * What a partner's own PCI function is, so that a saved machine goes on with no other, and its
 * driver's state.
 *
 * @param slot its place, as {@link DiskState} counts
 * @param driver the driver's id
 * @param capabilities what was agreed, in order, separated by blanks
 * @param vectors how many interrupt vectors
 * @param function what its configuration space says
 * @param driverState what the driver has saved
 */
@StateFormat(name = "partner-device", version = 1)
public record PartnerDeviceState(
    int slot,
    String driver,
    String capabilities,
    int vectors,
    String function,
    DriverState driverState) {

  /** What an attached function is. */
  static PartnerDeviceState of(
      String driver, int slot, DeviceAttachment attachment, DriverState driverState) {
    StringBuilder capabilities = new StringBuilder();
    attachment
        .agreement()
        .capabilities()
        .forEach(capability -> capabilities.append(capability).append(' '));
    return new PartnerDeviceState(
        slot,
        driver,
        capabilities.toString().strip(),
        attachment.agreement().vectors(),
        describe(attachment.function()),
        driverState);
  }

  private static String describe(PciFunctionDescription function) {
    return "%s, revision %x, subsystem %04x:%04x, MSI-X in BAR %d, %s"
        .formatted(
            function,
            function.revision(),
            function.subsystemVendor(),
            function.subsystem(),
            function.msixBar(),
            function.bars());
  }

  /**
   * Compares with a function that is to take its place.
   *
   * @throws StateException with the first thing that differs
   */
  void check(PartnerDeviceState offered) throws StateException {
    check("a function in slot", slot, offered.slot);
    check("a function of driver", driver, offered.driver);
    check("a driver that agreed on", capabilities, offered.capabilities);
    check("a number of vectors of", vectors, offered.vectors);
    check("the function", function, offered.function);
  }

  private static void check(String what, Object saved, Object offered) throws StateException {
    if (!saved.equals(offered)) {
      throw new StateException(
          "the saved machine has %s %s here, not %s".formatted(what, saved, offered));
    }
  }
}
