package org.tenon.spi;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * A setting that a driver has.
 *
 * @param name how the user writes it, as in {@code --disk driver=block-file,path=disk.img}:
 *     lower-case words joined by '-'
 * @param type what its value is
 * @param required whether the driver cannot open without it
 * @param defaultValue the value when the user gives none; null for none
 * @param secret whether its value must never be shown or logged
 * @param description what it does, in one line, for help texts
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record ConfigKey(
    String name,
    Type type,
    boolean required,
    @Nullable String defaultValue,
    boolean secret,
    String description) {
  /** What a value is, and how it is written. */
  public enum Type {
    /** Any text. */
    TEXT,
    /** A file or folder. */
    PATH,
    /** A whole number. */
    INTEGER,
    /** A number of bytes, such as {@code 512}, {@code 64K}, {@code 2G}; powers of 1024. */
    SIZE,
    /** {@code true} or {@code false}. */
    FLAG
  }

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /**
   * Checks the key itself.
   *
   * @throws IllegalArgumentException if the name is malformed, or a required key has a default
   */
  public ConfigKey {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + name + "' is no setting's name: use lower-case words joined by '-'");
    }
    if (required && defaultValue != null) {
      throw new IllegalArgumentException(
          "the required setting '" + name + "' has a default that nothing would use");
    }
  }

  /** A setting that must be given. */
  public static ConfigKey required(String name, Type type, String description) {
    return new ConfigKey(name, type, true, null, false, description);
  }

  /** A setting that may be left out, with nothing in its place. */
  public static ConfigKey optional(String name, Type type, String description) {
    return new ConfigKey(name, type, false, null, false, description);
  }

  /** A setting that may be left out, with a value in its place. */
  public static ConfigKey optional(
      String name, Type type, String defaultValue, String description) {
    return new ConfigKey(name, type, false, defaultValue, false, description);
  }

  /** The same setting, its value never to be shown. */
  public ConfigKey asSecret() {
    return new ConfigKey(name, type, required, defaultValue, true, description);
  }
}
