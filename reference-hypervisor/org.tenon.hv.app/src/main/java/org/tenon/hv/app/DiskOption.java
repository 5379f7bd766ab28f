package org.tenon.hv.app;

import java.util.Map;
import org.tenon.hv.machine.DiskModel;
import org.tenon.hv.machine.SlotKind;

/**
 * What a user says of a disk: {@code driver=ID,model=virtio,slot=fixed,key=value…}.
 *
 * @param driver the driver's id
 * @param model as what the guest sees the disk
 * @param slot where it is plugged in
 * @param settings the driver's own
 */
record DiskOption(String driver, DiskModel model, SlotKind slot, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static DiskOption parse(String text) throws InputException {
    KeyValues given = KeyValues.parse("--disk", text, "driver=block-file,path=disk.img");
    String driver = given.take("driver");
    if (driver == null) {
      throw new InputException("--disk %s: which driver? add driver=ID".formatted(text));
    }
    DiskModel model = given.takeChoice("model", DiskModel.VIRTIO);
    SlotKind slot = given.takeChoice("slot", SlotKind.FIXED);
    return new DiskOption(driver, model, slot, given.rest());
  }
}
