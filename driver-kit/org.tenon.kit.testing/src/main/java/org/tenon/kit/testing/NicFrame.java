package org.tenon.kit.testing;

import java.util.Arrays;
import org.tenon.api.Stability;
import org.tenon.spi.net.NicOffload;

/**
 * What a test has a card send. It need not make sense: a test of bad frames makes bad ones.
 * Immutable; each changing method gives a copy.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicFrame {
  private final byte[] bytes;
  private final long offload;
  private final int[] segments;
  private final int misalignment;

  private NicFrame(byte[] bytes, long offload, int[] segments, int misalignment) {
    this.bytes = bytes;
    this.offload = offload;
    this.segments = segments;
    this.misalignment = misalignment;
  }

  /** A complete frame of at least one byte, from its destination address on, in one segment. */
  public static NicFrame of(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("a frame has at least one byte");
    }
    return new NicFrame(bytes.clone(), NicOffload.NONE, new int[] {bytes.length}, 0);
  }

  /** The same, with something to be done to it, as {@link NicOffload} packs it. */
  public NicFrame offload(long wanted) {
    return new NicFrame(bytes, wanted, segments, misalignment);
  }

  /** The same in memory segments of these lengths, which add up to the frame's. */
  public NicFrame segments(int... lengths) {
    if (Arrays.stream(lengths).anyMatch(length -> length < 1)
        || Arrays.stream(lengths).sum() != bytes.length) {
      throw new IllegalArgumentException(
          "segments of %s do not make a frame of %d bytes"
              .formatted(Arrays.toString(lengths), bytes.length));
    }
    return new NicFrame(bytes, offload, lengths.clone(), misalignment);
  }

  /** The same with each segment this many bytes past an address that is a multiple of 4096. */
  public NicFrame misaligned(int distance) {
    return new NicFrame(bytes, offload, segments, distance);
  }

  /** The frame as it is handed over. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** What is to be done to it. */
  public long offload() {
    return offload;
  }

  int[] segmentLengths() {
    return segments.clone();
  }

  int misalignment() {
    return misalignment;
  }

  @Override
  public String toString() {
    return offload == NicOffload.NONE
        ? "frame of %d bytes".formatted(bytes.length)
        : "frame of %d bytes, offload 0x%016x".formatted(bytes.length, offload);
  }
}
