package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;
import org.tenon.spi.net.NicOffload;

/**
 * What stands before a frame, struct virtio_net_hdr (VIRTIO 1.2 section 5.1.6), whatever is in it.
 *
 * @param flags bits of {@link #NEEDS_CSUM} and {@link #DATA_VALID}
 * @param segmentation how the frame is to be cut, with {@link #ECN}
 * @param headerBytes of a frame to be cut: how long its headers are, a hint
 * @param segmentBytes of a frame to be cut: the payload of each segment
 * @param checksumStart where the checksum begins
 * @param checksumOffset where, from its start, it is stored
 * @param buffers of a frame that has arrived: how many buffers it takes
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestNicHeader(
    int flags,
    int segmentation,
    int headerBytes,
    int segmentBytes,
    int checksumStart,
    int checksumOffset,
    int buffers) {
  /** The checksum is missing. */
  public static final int NEEDS_CSUM = 1;

  /** The checksum has been found right. */
  public static final int DATA_VALID = 2;

  /** In {@link #segmentation}: the frame carries CWR. */
  public static final int ECN = 0x80;

  /** Of a complete frame. */
  public static final GuestNicHeader NONE = of(NicOffload.NONE);

  /** The header that asks for that, as {@link NicOffload} packs it. */
  public static GuestNicHeader of(long offload) {
    boolean needs = NicOffload.needsChecksum(offload);
    return new GuestNicHeader(
        needs ? NEEDS_CSUM : 0,
        NicOffload.cutting(offload) | (NicOffload.hasCongestion(offload) ? ECN : 0),
        0,
        NicOffload.segmentSize(offload),
        needs ? NicOffload.checksumStart(offload) : 0,
        needs ? NicOffload.checksumOffset(offload) : 0,
        0);
  }

  /** What it asks and promises, as {@link NicOffload} packs it. */
  public long offload() {
    long sum =
        (flags & NEEDS_CSUM) != 0
            ? NicOffload.checksum(checksumStart, checksumOffset)
            : (flags & DATA_VALID) != 0 ? NicOffload.valid() : NicOffload.NONE;
    int cutting = segmentation & ~ECN;
    return cutting == NicOffload.WHOLE
        ? sum
        : NicOffload.cut(sum, cutting, segmentBytes, (segmentation & ECN) != 0);
  }

  /** Reads one from the front of what the device wrote. */
  static GuestNicHeader of(byte[] bytes) {
    return new GuestNicHeader(
        bytes[0] & 0xff,
        bytes[1] & 0xff,
        word(bytes, 2),
        word(bytes, 4),
        word(bytes, 6),
        word(bytes, 8),
        word(bytes, 10));
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }

  void write(GuestMemory memory, long at) {
    memory.put8(at, flags);
    memory.put8(at + 1, segmentation);
    int[] words = {headerBytes, segmentBytes, checksumStart, checksumOffset, buffers};
    for (int i = 0; i < words.length; i++) {
      memory.put8(at + 2 + 2L * i, words[i]);
      memory.put8(at + 3 + 2L * i, words[i] >>> 8);
    }
  }
}
