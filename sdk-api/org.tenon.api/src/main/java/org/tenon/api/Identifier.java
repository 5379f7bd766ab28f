package org.tenon.api;

import java.util.regex.Pattern;

/**
 * The name of a bundle, a driver or a capability: lower-case words of letters and digits joined by
 * single {@code '-'} or {@code '.'}, starting with a letter, at most {@value #MAX_LENGTH}
 * characters; for example {@code block-file} or {@code com.example.array-x}.
 *
 * @param value the name as written
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Identifier(String value) implements Comparable<Identifier> {
  /** The longest name, in characters. */
  public static final int MAX_LENGTH = 63;

  private static final Pattern GRAMMAR = Pattern.compile("[a-z][a-z0-9]*([.-][a-z0-9]+)*");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it does not follow the grammar; the message says what would
   */
  public Identifier {
    if (value.length() > MAX_LENGTH || !GRAMMAR.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no identifier: use lower-case words of letters and digits joined by '-' or '.', at most %d characters"
              .formatted(
                  value.length() > MAX_LENGTH ? value.substring(0, MAX_LENGTH) + "…" : value,
                  MAX_LENGTH));
    }
  }

  @Override
  public int compareTo(Identifier other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
