package org.tenon.hv.app;

import java.util.Map;
import org.tenon.hv.machine.DiskPlace;

/**
 * What a user says of a partner's own PCI function: {@code driver=ID,slot=fixed,key=value…}.
 *
 * @param driver the driver's id
 * @param place where it is plugged in
 * @param settings the driver's own
 */
record DeviceOption(String driver, DiskPlace place, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static DeviceOption parse(String text) throws InputException {
    KeyValues given = KeyValues.parse("--device", text, "driver=pci-hello,greeting=Hi");
    String driver = given.take("driver");
    if (driver == null) {
      throw given.wrong("which driver? add driver=ID");
    }
    return new DeviceOption(driver, given.takeChoice("slot", DiskPlace.FIXED), given.rest());
  }
}
