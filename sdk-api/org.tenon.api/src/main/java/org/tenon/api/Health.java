package org.tenon.api;

/**
 * What a component says of itself.
 *
 * @param state how it is
 * @param message why, in one line, for an operator; empty when there is nothing to say
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Health(State state, String message) {
  /** How a component is. */
  public enum State {
    /** It serves as promised. */
    UP,
    /** It serves, with less speed or redundancy than promised. */
    DEGRADED,
    /** It does not serve. */
    DOWN
  }

  private static final Health HEALTHY = new Health(State.UP, "");

  /** It serves as promised. */
  public static Health up() {
    return HEALTHY;
  }

  /** It serves, with less than promised, because of {@code message}. */
  public static Health degraded(String message) {
    return new Health(State.DEGRADED, message);
  }

  /** It does not serve, because of {@code message}. */
  public static Health down(String message) {
    return new Health(State.DOWN, message);
  }
}
