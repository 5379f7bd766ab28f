package org.tenon.spi.net;

import org.tenon.api.Stability;

/**
 * How a card's link is.
 *
 * @param up whether frames can pass
 * @param megabitsPerSecond its speed; 0 where it has none to tell
 * @param fullDuplex whether both ways pass at the same time
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicLink(boolean up, int megabitsPerSecond, boolean fullDuplex) {
  /** No link. */
  public static final NicLink DOWN = new NicLink(false, 0, false);

  /**
   * Checks the speed.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public NicLink {
    if (megabitsPerSecond < 0) {
      throw new IllegalArgumentException("a link cannot have speed " + megabitsPerSecond);
    }
  }

  /**
   * A link that is up, in full duplex.
   *
   * @param megabitsPerSecond its speed; 0 where it has none to tell
   */
  public static NicLink up(int megabitsPerSecond) {
    return new NicLink(true, megabitsPerSecond, true);
  }
}
