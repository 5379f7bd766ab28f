package org.tenon.api;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A released version, {@code major.minor.patch}. A new major may break, a new minor only adds, a
 * new patch only mends (governance/STABILITY.md).
 *
 * @param major 0 or more
 * @param minor 0 or more
 * @param patch 0 or more
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Version(int major, int minor, int patch) implements Comparable<Version> {
  private static final Pattern GRAMMAR =
      Pattern.compile("(\\d{1,5})\\.(\\d{1,5})(?:\\.(\\d{1,5}))?");
  private static final Comparator<Version> ORDER =
      Comparator.comparingInt(Version::major)
          .thenComparingInt(Version::minor)
          .thenComparingInt(Version::patch);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a part is negative
   */
  public Version {
    if (major < 0 || minor < 0 || patch < 0) {
      throw new IllegalArgumentException(
          "a version has no negative part: " + major + "." + minor + "." + patch);
    }
  }

  /**
   * Reads {@code major.minor} or {@code major.minor.patch}.
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Version parse(String text) {
    Matcher parts = GRAMMAR.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no version: write major.minor or major.minor.patch, such as 1.0");
    }
    String patch = parts.group(3);
    return new Version(
        Integer.parseInt(parts.group(1)),
        Integer.parseInt(parts.group(2)),
        patch == null ? 0 : Integer.parseInt(patch));
  }

  @Override
  public int compareTo(Version other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
