package org.tenon.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of a requirement clause under spec/requirements, such as {@code BLK-014}. A released
 * number is never reused.
 *
 * @param profile two to four capital letters: the profile the clause belongs to
 * @param number 1 to 999
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record ClauseId(String profile, int number) implements Comparable<ClauseId> {
  private static final Pattern PROFILE = Pattern.compile("[A-Z]{2,4}");
  private static final Pattern GRAMMAR = Pattern.compile("([A-Z]{2,4})-(\\d{3})");

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public ClauseId {
    if (!PROFILE.matcher(profile).matches() || number < 1 || number > 999) {
      throw new IllegalArgumentException(
          "'" + profile + "-" + number + "' is no clause number: it looks like BLK-014");
    }
  }

  /**
   * Reads a clause number.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static ClauseId parse(String text) {
    Matcher parts = GRAMMAR.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no clause number: it looks like BLK-014");
    }
    return new ClauseId(parts.group(1), Integer.parseInt(parts.group(2)));
  }

  @Override
  public int compareTo(ClauseId other) {
    int byProfile = profile.compareTo(other.profile);
    return byProfile != 0 ? byProfile : Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return "%s-%03d".formatted(profile, number);
  }
}
