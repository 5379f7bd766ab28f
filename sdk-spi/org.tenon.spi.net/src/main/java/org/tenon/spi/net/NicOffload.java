package org.tenon.spi.net;

import org.tenon.api.Stability;

/**
 * What is still to be done to a frame, or was done already, packed into a {@code long} so that it
 * travels without an object. The meaning of the fields is that of VIRTIO 1.2, 5.1.6.2.
 *
 * <pre>
 * 63      56 55      48 47            32 31            16 15             0
 * ┌─────────┬──────────┬────────────────┬────────────────┬────────────────┐
 * │ flags   │ cutting  │ segment size   │ checksum offset│ checksum start │
 * └─────────┴──────────┴────────────────┴────────────────┴────────────────┘
 * </pre>
 *
 * <p>The host has checked what it hands over: the checksum field lies inside the frame, and a frame
 * to be cut is TCP over the IP version it says, needs its checksum and has a segment size above 0.
 * The guest may still change the bytes; a driver that finds a frame to be other than its offload
 * says completes it as {@link org.tenon.api.Status#INVALID} and sends nothing of it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicOffload {
  /** A complete frame, of which nothing is known. */
  public static final long NONE = 0;

  /** {@link #cutting}: the frame is one. */
  public static final int WHOLE = 0;

  /** {@link #cutting}: TCP over IPv4, of many segments. */
  public static final int TCP4 = 1;

  /** {@link #cutting}: TCP over IPv6, of many segments. */
  public static final int TCP6 = 4;

  private static final long NEEDS_CHECKSUM = 1L << 56;
  private static final long CHECKSUM_VALID = 1L << 57;
  private static final long CONGESTION = 1L << 58;

  private NicOffload() {}

  /**
   * The one's complement sum of the bytes from {@code start} to the frame's end, its complement
   * stored at {@code start + offset}, is missing; the field holds the sum of the pseudo header.
   *
   * @param start byte of the frame, 0 to 65535
   * @param offset from there, 0 to 65535
   */
  public static long checksum(int start, int offset) {
    return NEEDS_CHECKSUM | (long) (offset & 0xffff) << 16 | start & 0xffff;
  }

  /** The frame is complete and its checksum has been verified. */
  public static long valid() {
    return CHECKSUM_VALID;
  }

  /**
   * The same, and the frame is many segments in one.
   *
   * @param offload made by {@link #checksum}
   * @param cutting {@link #TCP4} or {@link #TCP6}
   * @param segmentSize TCP payload of each segment but the last, in bytes, 1 to 65535
   * @param congestion whether the congestion window reduced flag stands in the first segment only
   *     (RFC 3168)
   */
  public static long cut(long offload, int cutting, int segmentSize, boolean congestion) {
    return offload
        | (long) (cutting & 0xff) << 48
        | (long) (segmentSize & 0xffff) << 32
        | (congestion ? CONGESTION : 0);
  }

  /** Whether the checksum is missing. */
  public static boolean needsChecksum(long offload) {
    return (offload & NEEDS_CHECKSUM) != 0;
  }

  /** Whether the checksum has been verified. */
  public static boolean isChecksumValid(long offload) {
    return (offload & CHECKSUM_VALID) != 0;
  }

  /** Where the checksum begins; with {@link #needsChecksum} only. */
  public static int checksumStart(long offload) {
    return (int) offload & 0xffff;
  }

  /** Where, from its start, it is stored; with {@link #needsChecksum} only. */
  public static int checksumOffset(long offload) {
    return (int) (offload >>> 16) & 0xffff;
  }

  /** How the frame is to be cut: {@link #WHOLE}, {@link #TCP4}, {@link #TCP6}. */
  public static int cutting(long offload) {
    return (int) (offload >>> 48) & 0xff;
  }

  /** The payload of each segment, in bytes; 0 for a whole frame. */
  public static int segmentSize(long offload) {
    return (int) (offload >>> 32) & 0xffff;
  }

  /** Whether the congestion window reduced flag stands in the first segment only. */
  public static boolean hasCongestion(long offload) {
    return (offload & CONGESTION) != 0;
  }
}
