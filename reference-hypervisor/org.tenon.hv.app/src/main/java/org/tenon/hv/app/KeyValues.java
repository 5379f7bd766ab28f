package org.tenon.hv.app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a device: {@code key=value,key=value…}, taken apart key by key. A comma
 * inside a value is written twice. Each message says which option it is about and how to write it.
 */
final class KeyValues {
  private final String option;
  private final String text;
  private final String example;
  private final Map<String, String> values = new LinkedHashMap<>();

  private KeyValues(String option, String text, String example) {
    this.option = option;
    this.text = text;
    this.example = example;
  }

  /**
   * Reads one.
   *
   * @param option such as {@code --disk}
   * @param text what the user gave it; may be empty
   * @param example how to write it
   */
  static KeyValues parse(String option, String text, String example) throws InputException {
    KeyValues read = new KeyValues(option, text, example);
    for (String part : text.isEmpty() ? new String[0] : text.split("(?<!,),(?!,)", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw read.wrong("'%s' is no key=value".formatted(part));
      }
      String key = part.substring(0, equals);
      if (read.values.put(key, part.substring(equals + 1).replace(",,", ",")) != null) {
        throw new InputException("%s %s: %s is given twice".formatted(option, text, key));
      }
    }
    return read;
  }

  /** The value of a key, which is then taken away; null where it was not given. */
  @Nullable String take(String key) {
    return values.remove(key);
  }

  /** Takes a key away whose value is on or off. */
  boolean takeSwitch(String key, boolean otherwise) throws InputException {
    String value = take(key);
    return switch (value) {
      case null -> otherwise;
      case "on" -> true;
      case "off" -> false;
      default -> throw wrong("%s is on or off, not '%s'".formatted(key, value));
    };
  }

  /** Takes a key away whose value is one of an enumeration's. */
  <E extends Enum<E>> E takeChoice(String key, E otherwise) throws InputException {
    String name = take(key);
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
        "%s: there is no %s '%s'; choose one of %s"
            .formatted(
                option,
                key,
                name,
                Arrays.stream(choices).map(KeyValues::word).collect(Collectors.joining(", "))));
  }

  /** What a user calls an enumeration's value. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Everything not taken away. */
  Map<String, String> rest() {
    return values;
  }

  /** Nothing else may have been given. */
  void end() throws InputException {
    if (!values.isEmpty()) {
      throw wrong("there is no '%s'".formatted(values.keySet().iterator().next()));
    }
  }

  /** The user's mistake, in one line. */
  InputException wrong(String what) {
    String given = text.isEmpty() ? option : option + " " + text;
    return new InputException("%s: %s; write %s %s".formatted(given, what, option, example));
  }
}
