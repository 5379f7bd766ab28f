package org.tenon.kit.bench;

import java.time.Duration;
import org.tenon.api.Stability;

/**
 * What to load a network with. Immutable; start from {@link #DEFAULT} and change copies.
 *
 * @param frameBytes the length of each frame, with its Ethernet header and without its checksum: 60
 *     to 1514
 * @param depth how many frames are on their way at one time at most, from 1 to 16384
 * @param warmUp how long frames are sent that do not count
 * @param duration how long they count
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NetPlan(int frameBytes, int depth, Duration warmUp, Duration duration) {
  /** The shortest frame, and so the most for a given number of bytes. */
  public static final int SHORTEST = 60;

  /** The longest frame of a network whose MTU is 1500. */
  public static final int LONGEST = 1514;

  /** The shortest frames, 32 at a time, for 5 s after 2 s. */
  public static final NetPlan DEFAULT =
      new NetPlan(SHORTEST, 32, Duration.ofSeconds(2), Duration.ofSeconds(5));

  /**
   * Checks the plan.
   *
   * @throws IllegalArgumentException if it makes no sense; the message says what would
   */
  public NetPlan {
    require(
        frameBytes >= SHORTEST && frameBytes <= LONGEST,
        "frames of %d to %d bytes, not %d".formatted(SHORTEST, LONGEST, frameBytes));
    require(depth >= 1 && depth <= 16_384, "a depth of 1 to 16384, not " + depth);
    require(!warmUp.isNegative(), "a warm-up of no negative length");
    require(duration.isPositive(), "a duration of more than nothing");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("a measurement needs " + what);
    }
  }

  /** The same with frames so long, in bytes. */
  public NetPlan withFrameBytes(int bytes) {
    return new NetPlan(bytes, depth, warmUp, duration);
  }

  /** The same with so many on their way. */
  public NetPlan withDepth(int frames) {
    return new NetPlan(frameBytes, frames, warmUp, duration);
  }

  /** The same for so long. */
  public NetPlan lasting(Duration warmUpTime, Duration measured) {
    return new NetPlan(frameBytes, depth, warmUpTime, measured);
  }
}
