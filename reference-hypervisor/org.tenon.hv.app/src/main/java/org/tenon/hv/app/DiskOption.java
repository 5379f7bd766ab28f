package org.tenon.hv.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tenon.hv.machine.DiskModel;

/**
 * What a user says of a disk: {@code driver=ID,model=virtio,key=value…}.
 *
 * @param driver the driver's id
 * @param model as what the guest sees the disk
 * @param settings the driver's own
 */
record DiskOption(String driver, DiskModel model, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static DiskOption parse(String text) throws InputException {
    KeyValues given = KeyValues.parse("--disk", text, "driver=block-file,path=disk.img");
    String driver = given.take("driver");
    if (driver == null) {
      throw new InputException("--disk %s: which driver? add driver=ID".formatted(text));
    }
    String model = given.take("model");
    return new DiskOption(driver, model == null ? DiskModel.VIRTIO : model(model), given.rest());
  }

  private static DiskModel model(String name) throws InputException {
    for (DiskModel model : DiskModel.values()) {
      if (word(model).equals(name)) {
        return model;
      }
    }
    throw new InputException(
        "--disk: there is no model '%s'; choose one of %s"
            .formatted(
                name,
                Arrays.stream(DiskModel.values())
                    .map(DiskOption::word)
                    .collect(Collectors.joining(", "))));
  }

  private static String word(DiskModel model) {
    return model.name().toLowerCase(Locale.ROOT);
  }
}
