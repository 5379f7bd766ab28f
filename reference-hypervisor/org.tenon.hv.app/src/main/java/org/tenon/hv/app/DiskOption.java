package org.tenon.hv.app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tenon.hv.machine.DiskModel;

/**
 * What a user says of a disk: {@code driver=ID,model=virtio,key=value…}. A comma inside a value is
 * written twice.
 *
 * @param driver the driver's id
 * @param model as what the guest sees the disk
 * @param settings the driver's own
 */
record DiskOption(String driver, DiskModel model, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static DiskOption parse(String text) throws InputException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String part : text.split("(?<!,),(?!,)", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new InputException(
            "--disk %s: '%s' is no key=value; write --disk driver=block-file,path=disk.img"
                .formatted(text, part));
      }
      String key = part.substring(0, equals);
      if (settings.put(key, part.substring(equals + 1).replace(",,", ",")) != null) {
        throw new InputException("--disk %s: %s is given twice".formatted(text, key));
      }
    }
    String driver = settings.remove("driver");
    if (driver == null) {
      throw new InputException("--disk %s: which driver? add driver=ID".formatted(text));
    }
    String model = settings.remove("model");
    return new DiskOption(driver, model == null ? DiskModel.VIRTIO : model(model), settings);
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
