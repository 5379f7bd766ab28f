package org.tenon.kit.testing;

import java.util.Arrays;
import java.util.List;
import org.tenon.api.Stability;

/**
 * Memory that a test posts for a frame to come: segments of these lengths. Immutable.
 *
 * @param lengths of the segments, in bytes, each at least 1
 * @param misalignment how far each segment lies past an address that is a multiple of 4096
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicBuffer(List<Integer> lengths, int misalignment) {
  /** Checks the lengths. */
  public NicBuffer {
    lengths = List.copyOf(lengths);
    if (lengths.isEmpty() || lengths.stream().anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException("a buffer has segments of at least 1 byte");
    }
  }

  /** A buffer of one aligned segment. */
  public static NicBuffer of(int bytes) {
    return segments(bytes);
  }

  /** A buffer of aligned segments. */
  public static NicBuffer segments(int... lengths) {
    return new NicBuffer(Arrays.stream(lengths).boxed().toList(), 0);
  }

  /** The same with each segment this many bytes past an aligned address. */
  public NicBuffer misaligned(int distance) {
    return new NicBuffer(lengths, distance);
  }

  /** How many bytes it has. */
  public int bytes() {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }
}
