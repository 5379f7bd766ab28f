package org.tenon.checks;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tenon.hv.bus.state.StateFormat;

/** What each version of each state record holds, in the order in which it is written. */
final class StateFormatDump {
  private StateFormatDump() {}

  /**
   * One block for each record, by name and version.
   *
   * @throws IllegalStateException when two records claim one name and version, or a version has
   *     none before it
   */
  static String of(Stream<Class<?>> records) {
    Map<String, String> formats = new TreeMap<>();
    records.forEach(type -> {
      StateFormat format = type.getAnnotation(StateFormat.class);
      StateFormat before = format.before().getAnnotation(StateFormat.class);
      boolean follows =
          before == null
              ? format.version() == 1
              : before.name().equals(format.name()) && before.version() == format.version() - 1;
      String key = format.name() + " " + format.version();
      StringBuilder text = new StringBuilder(key).append('\n');
      components(type, "  ", text);
      if (!follows || formats.put(key, text.toString()) != null) {
        throw new IllegalStateException(
            type.getName() + ": " + key + " is there twice, or has no version before it");
      }
    });
    return String.join("", formats.values());
  }

  private static void components(Class<?> type, String indent, StringBuilder text) {
    for (RecordComponent component : type.getRecordComponents()) {
      text.append(indent).append(component.getName()).append(' ');
      form(component.getGenericType(), indent, text);
    }
  }

  private static void form(Type type, String indent, StringBuilder text) {
    if (type instanceof ParameterizedType many) {
      text.append(((Class<?>) many.getRawType()).getSimpleName()).append(" of ");
      form(many.getActualTypeArguments()[0], indent, text);
    } else if (type instanceof Class<?> record && record.isRecord()) {
      text.append("record\n");
      components(record, indent + "  ", text);
    } else {
      text.append(((Class<?>) type).getSimpleName()).append('\n');
    }
  }
}
