package org.tenon.samples.nictap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffload;

/**
 * The header before each frame of a TAP interface (VIRTIO 1.2, 5.1.6; little endian), and what it
 * means as {@link NicOffload}.
 */
final class VnetHeader {
  private static final int NEEDS_CHECKSUM = 1;
  private static final int CHECKSUM_VALID = 2;
  private static final int CONGESTION = 0x80;
  private static final int FLAGS_AT = 0;
  private static final int CUTTING_AT = 1;
  private static final int HEADERS_AT = 2;
  private static final int SEGMENT_SIZE_AT = 4;
  private static final int START_AT = 6;
  private static final int OFFSET_AT = 8;
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;
  private final boolean arrivesUnfinished;
  private final boolean arrivesJoined;

  /**
   * A header.
   *
   * @param bytes where it lies, {@value TapInterface#HEADER_BYTES} bytes
   */
  VnetHeader(MemorySegment bytes, NicAgreement agreement) {
    this.bytes = bytes;
    this.arrivesUnfinished = agreement.has(NicCapabilities.RECEIVE_CHECKSUM);
    this.arrivesJoined = agreement.has(NicCapabilities.RECEIVE_JOINED);
  }

  MemorySegment bytes() {
    return bytes;
  }

  /**
   * For a frame to send.
   *
   * @param headers how long the headers of a frame to be cut are, all together
   */
  void write(long offload, int headers) {
    bytes.fill((byte) 0);
    if (NicOffload.needsChecksum(offload)) {
      set8(FLAGS_AT, NEEDS_CHECKSUM);
      set16(START_AT, NicOffload.checksumStart(offload));
      set16(OFFSET_AT, NicOffload.checksumOffset(offload));
    }
    int cutting = NicOffload.cutting(offload);
    if (cutting != NicOffload.WHOLE) {
      set8(CUTTING_AT, cutting | (NicOffload.hasCongestion(offload) ? CONGESTION : 0));
      set16(HEADERS_AT, headers);
      set16(SEGMENT_SIZE_AT, NicOffload.segmentSize(offload));
    }
  }

  /** Of a frame that came, as far as it was agreed that frames say something. */
  long read() {
    int flags = bytes.get(ValueLayout.JAVA_BYTE, FLAGS_AT);
    if (!arrivesUnfinished) {
      return NicOffload.NONE;
    }
    if ((flags & NEEDS_CHECKSUM) == 0) {
      return (flags & CHECKSUM_VALID) == 0 ? NicOffload.NONE : NicOffload.valid();
    }
    long offload = NicOffload.checksum(get16(START_AT), get16(OFFSET_AT));
    int cutting = bytes.get(ValueLayout.JAVA_BYTE, CUTTING_AT) & 0xff;
    if (cutting == NicOffload.WHOLE || !arrivesJoined) {
      return offload;
    }
    return NicOffload.cut(
        offload, cutting & ~CONGESTION, get16(SEGMENT_SIZE_AT), (cutting & CONGESTION) != 0);
  }

  private int get16(int at) {
    return bytes.get(LE16, at) & 0xffff;
  }

  private void set8(int at, int value) {
    bytes.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  private void set16(int at, int value) {
    bytes.set(LE16, at, (short) value);
  }
}
