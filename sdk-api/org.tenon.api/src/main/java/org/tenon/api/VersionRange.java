package org.tenon.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions from {@link #from()} (included) up to {@link #below()} (excluded), written {@code
 * [1.0,2.0)}.
 *
 * @param from the first version inside
 * @param below the first version outside; above {@code from}
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record VersionRange(Version from, Version below) {
  private static final Pattern GRAMMAR = Pattern.compile("\\[([0-9.]+),\\s*([0-9.]+)\\)");

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if the range is empty
   */
  public VersionRange {
    if (from.compareTo(below) >= 0) {
      throw new IllegalArgumentException("the version range [" + from + "," + below + ") is empty");
    }
  }

  /**
   * Reads {@code [from,below)}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static VersionRange parse(String text) {
    Matcher bounds = GRAMMAR.matcher(text);
    if (!bounds.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no version range: write [from,below), such as [1.0,2.0)");
    }
    return new VersionRange(Version.parse(bounds.group(1)), Version.parse(bounds.group(2)));
  }

  /**
   * Every version that {@code version} may be replaced by without a break: itself up to the next
   * major.
   */
  public static VersionRange compatibleWith(Version version) {
    return new VersionRange(version, new Version(version.major() + 1, 0, 0));
  }

  /** Whether the version lies inside. */
  public boolean contains(Version version) {
    return from.compareTo(version) <= 0 && version.compareTo(below) < 0;
  }

  @Override
  public String toString() {
    return "[" + from + "," + below + ")";
  }
}
