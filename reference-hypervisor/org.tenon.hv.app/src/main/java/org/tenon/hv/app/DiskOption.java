package org.tenon.hv.app;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tenon.hv.machine.DiskModel;
import org.tenon.hv.machine.DiskPlace;

/**
 * What a user says of a disk: {@code driver=ID,model=virtio,slot=fixed,key=value…}.
 *
 * @param driver the driver's id
 * @param model as what the guest sees the disk
 * @param place where it is plugged in
 * @param settings the driver's own
 */
record DiskOption(String driver, DiskModel model, DiskPlace place, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static DiskOption parse(String text) throws InputException {
    KeyValues given = KeyValues.parse("--disk", text, "driver=block-file,path=disk.img");
    String driver = given.take("driver");
    if (driver == null) {
      throw new InputException("--disk %s: which driver? add driver=ID".formatted(text));
    }
    DiskModel model = choice(given, "model", DiskModel.VIRTIO);
    DiskPlace place = choice(given, "slot", DiskPlace.FIXED);
    return new DiskOption(driver, model, place, given.rest());
  }

  /** Takes a key out whose value is one of an enumeration's. */
  private static <E extends Enum<E>> E choice(KeyValues given, String key, E otherwise)
      throws InputException {
    String name = given.take(key);
    if (name == null) {
      return otherwise;
    }
    E[] choices = otherwise.getDeclaringClass().getEnumConstants();
    for (E choice : choices) {
      if (word(choice).equals(name)) {
        return choice;
      }
    }
    throw new InputException(
        "--disk: there is no %s '%s'; choose one of %s"
            .formatted(
                key,
                name,
                Arrays.stream(choices).map(DiskOption::word).collect(Collectors.joining(", "))));
  }

  /** What a user calls a model or a place. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
