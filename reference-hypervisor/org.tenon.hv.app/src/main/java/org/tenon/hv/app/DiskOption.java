package org.tenon.hv.app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tenon.hv.machine.DiskModel;
import org.tenon.hv.machine.DiskPlace;

/**
 * What a user says of a disk: {@code driver=ID,model=virtio,slot=fixed,key=value…}. A comma inside
 * a value is written twice.
 *
 * @param driver the driver's id
 * @param model as what the guest sees the disk
 * @param place where it is plugged in
 * @param settings the driver's own
 */
record DiskOption(String driver, DiskModel model, DiskPlace place, Map<String, String> settings) {
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
    DiskModel model = choice(settings, "model", DiskModel.VIRTIO);
    DiskPlace place = choice(settings, "slot", DiskPlace.FIXED);
    return new DiskOption(driver, model, place, settings);
  }

  /** Takes a key out whose value is one of an enumeration's. */
  private static <E extends Enum<E>> E choice(Map<String, String> settings, String key, E otherwise)
      throws InputException {
    String name = settings.remove(key);
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
