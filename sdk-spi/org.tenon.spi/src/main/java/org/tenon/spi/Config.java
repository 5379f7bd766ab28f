package org.tenon.spi;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * What the user has set for one driver, checked against the driver's {@link ConfigKey}s: every key
 * is known, every required one is there, every value is of its type. Immutable. Its text form hides
 * the secrets.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class Config {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)");

  private final SortedMap<String, ConfigKey> keys;
  private final SortedMap<String, String> values;

  private final FileSystem files;

  private Config(
      SortedMap<String, ConfigKey> keys, SortedMap<String, String> values, FileSystem files) {
    this.keys = keys;
    this.values = values;
    this.files = files;
  }

  /**
   * Reads settings against the keys they must fit, with paths on the default file system. Called by
   * the host.
   *
   * @throws ConfigException as below
   */
  public static Config of(List<ConfigKey> keys, Map<String, String> settings)
      throws ConfigException {
    return of(keys, settings, FileSystems.getDefault());
  }

  /**
   * Reads settings against the keys they must fit. Called by the host.
   *
   * @param files where paths lie; a test host hands in one that records, delays or fails
   * @throws ConfigException for an unknown key, a missing required one, or a value that is not of
   *     its type
   */
  public static Config of(List<ConfigKey> keys, Map<String, String> settings, FileSystem files)
      throws ConfigException {
    SortedMap<String, ConfigKey> known = new TreeMap<>();
    SortedMap<String, String> values = new TreeMap<>();
    for (ConfigKey key : keys) {
      known.put(key.name(), key);
      if (key.defaultValue() != null) {
        values.put(key.name(), key.defaultValue());
      }
    }
    for (String name : settings.keySet()) {
      if (!known.containsKey(name)) {
        throw new ConfigException(
            "unknown setting '" + name + "': this driver has " + known.keySet());
      }
    }
    values.putAll(settings);
    List<String> missing = new ArrayList<>();
    for (ConfigKey key : keys) {
      String value = values.get(key.name());
      if (value != null) {
        checkType(key, value, files);
      } else if (key.required()) {
        missing.add(key.name() + "=… (" + key.description() + ")");
      }
    }
    if (!missing.isEmpty()) {
      throw new ConfigException("missing setting: add " + String.join(", ", missing));
    }
    return new Config(known, values, files);
  }

  /** Whether the key has a value, given or default. */
  public boolean has(String key) {
    return find(key) != null;
  }

  /** The value as written, if there is one. */
  public Optional<String> optionalText(String key) {
    return Optional.ofNullable(find(key));
  }

  /**
   * The value as written.
   *
   * @throws IllegalArgumentException if the driver asks for a key that it did not declare, or that
   *     has no value; the same holds for the typed readers below
   */
  public String text(String key) {
    String value = find(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "setting '" + key + "' has no value: ask has(\"" + key + "\") first");
    }
    return value;
  }

  /**
   * The value as a path on the file system that the host chose, relative ones against its working
   * folder. A driver reaches its files through the {@code java.nio.file} API on this path, so that
   * the driver kit can record, delay and fail what it does, and cut the power.
   */
  public Path path(String key) {
    return files.getPath(typed(key, ConfigKey.Type.PATH));
  }

  /** The value as a whole number. */
  public long integer(String key) {
    return Long.parseLong(typed(key, ConfigKey.Type.INTEGER));
  }

  /**
   * The value as a whole number within bounds.
   *
   * @throws ConfigException if it is outside
   */
  public int integer(String key, int min, int max) throws ConfigException {
    long value = integer(key);
    if (value < min || value > max) {
      throw new ConfigException(
          "setting '" + key + "' is " + value + ": give " + min + " to " + max);
    }
    return (int) value;
  }

  /** The value in bytes. */
  public long size(String key) {
    return parseSize(typed(key, ConfigKey.Type.SIZE));
  }

  /** The value as a flag; false where there is none. */
  public boolean flag(String key) {
    return has(key) && Boolean.parseBoolean(typed(key, ConfigKey.Type.FLAG));
  }

  /** The settings for people: secrets are hidden. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(setting ->
            setting.getKey()
                + "="
                + (declared(setting.getKey()).secret() ? "•••" : setting.getValue()))
        .collect(Collectors.joining(","));
  }

  private @Nullable String find(String key) {
    declared(key);
    return values.get(key);
  }

  private ConfigKey declared(String key) {
    ConfigKey found = keys.get(key);
    if (found == null) {
      throw new IllegalArgumentException(
          "the driver reads '" + key + "' but declares only " + keys.keySet());
    }
    return found;
  }

  private String typed(String key, ConfigKey.Type type) {
    if (declared(key).type() != type) {
      throw new IllegalArgumentException(
          "setting '" + key + "' is declared as " + declared(key).type() + ", not " + type);
    }
    return text(key);
  }

  private static void checkType(ConfigKey key, String value, FileSystem files)
      throws ConfigException {
    boolean fits =
        switch (key.type()) {
          case TEXT -> true;
          case PATH -> isPath(value, files);
          case INTEGER -> value.matches("-?\\d{1,18}");
          case SIZE -> SIZE.matcher(value).matches() && parseSize(value) >= 0;
          case FLAG -> value.equals("true") || value.equals("false");
        };
    if (!fits) {
      String shown = key.secret() ? "its value" : "'" + value + "'";
      throw new ConfigException(
          "setting '" + key.name() + "': " + shown + " is no " + expected(key.type()));
    }
  }

  private static String expected(ConfigKey.Type type) {
    return switch (type) {
      case TEXT -> "text";
      case PATH -> "path";
      case INTEGER -> "whole number";
      case SIZE -> "size: write bytes, or a number with K, M, G or T, such as 64M";
      case FLAG -> "flag: write true or false";
    };
  }

  private static boolean isPath(String value, FileSystem files) {
    try {
      return !files.getPath(value).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Bytes, or -1 where the number does not fit a long. */
  private static long parseSize(String value) {
    Matcher parts = SIZE.matcher(value);
    if (!parts.matches()) {
      return -1;
    }
    int shift = "KMGT".indexOf(parts.group(2).isEmpty() ? ' ' : parts.group(2).charAt(0)) * 10 + 10;
    long number = Long.parseLong(parts.group(1));
    return number > Long.MAX_VALUE >> shift ? -1 : number << shift;
  }
}
