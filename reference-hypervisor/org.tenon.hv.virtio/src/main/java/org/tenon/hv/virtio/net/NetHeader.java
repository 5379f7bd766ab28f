package org.tenon.hv.virtio.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.tenon.hv.attach.frame.TcpLayout;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.spi.net.NicOffload;

/**
 * The header before each frame, struct virtio_net_hdr (VIRTIO 1.2, 5.1.6), put into the words of
 * the SPI and checked against the frame. Reads header and frame once, so that a guest that changes
 * them meanwhile changes nothing here. For one thread; parsing allocates nothing and never throws.
 */
public final class NetHeader {
  /** Bytes of the header. */
  public static final int BYTES = 12;

  /** What {@link #parse} answers for a frame that is not to be sent. */
  public static final long INVALID = -1;

  private static final int NEEDS_CSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int GSO_ECN = 0x80;
  private static final int GSO_NONE = 0;

  /** The header, then the first bytes of the frame. */
  private final byte[] front = new byte[BYTES + TcpLayout.HEAD_BYTES];

  private final byte[] head = new byte[TcpLayout.HEAD_BYTES];
  private final TcpLayout layout = new TcpLayout();

  /** An empty header. */
  public NetHeader() {}

  /**
   * Reads the header and the frame's first bytes.
   *
   * @param chain device-readable bytes: header and frame
   * @param features what the guest negotiated
   * @return what is to be done to the frame, or {@link #INVALID}
   */
  public long parse(DescriptorChain chain, long features) {
    int length = load(chain, 0);
    return length <= BYTES ? INVALID : judge(length, chain.readableBytes() - BYTES, features);
  }

  /**
   * Whether {@link #parse} can have answered this for a frame.
   *
   * @param frame device-readable bytes, without a header
   * @param offload what is to be done to it
   * @param features what the guest negotiated
   */
  public boolean isValid(DescriptorChain frame, long offload, long features) {
    Arrays.fill(front, 0, BYTES, (byte) 0);
    write(front, offload, 0, 0);
    int length = load(frame, BYTES);
    return offload != INVALID
        && length > BYTES
        && judge(length, frame.readableBytes(), features) == offload;
  }

  /**
   * Judges what is in front.
   *
   * @param length how much is there
   * @param frame how long the frame is
   */
  private long judge(int length, long frame, long features) {
    int gso = front[1] & 0xff & ~GSO_ECN;
    boolean congestion = (front[1] & GSO_ECN) != 0;
    if ((front[0] & NEEDS_CSUM) == 0) {
      return gso == GSO_NONE ? NicOffload.NONE : INVALID;
    }
    long offload = NicOffload.checksum(u16(6), u16(8));
    if ((features & NetFeature.CSUM) == 0 || u16(6) + (long) u16(8) + 2 > frame) {
      return INVALID;
    }
    if (gso == GSO_NONE) {
      return offload;
    }
    long needed =
        switch (gso) {
          case NicOffload.TCP4 -> NetFeature.HOST_TSO4;
          case NicOffload.TCP6 -> NetFeature.HOST_TSO6;
          default -> 0;
        };
    boolean agreed =
        (features & needed) != 0 && (!congestion || (features & NetFeature.HOST_ECN) != 0);
    int size = u16(4);
    if (!agreed || size == 0) {
      return INVALID;
    }
    long cut = NicOffload.cut(offload, gso, size, congestion);
    int headBytes = length - BYTES;
    System.arraycopy(front, BYTES, head, 0, headBytes);
    return layout.read(head, headBytes, cut) ? cut : INVALID;
  }

  private int u16(int at) {
    return front[at] & 0xff | (front[at + 1] & 0xff) << 8;
  }

  private int load(DescriptorChain chain, int from) {
    int filled = from;
    for (int i = 0; i < chain.readableCount() && filled < front.length; i++) {
      int take = (int) Math.min(chain.length(i), front.length - filled);
      MemorySegment.copy(
          chain.region(i).segment(), JAVA_BYTE, chain.offset(i), front, filled, take);
      filled += take;
    }
    return filled;
  }

  /**
   * Writes the header of a frame that has arrived.
   *
   * @param into {@link #BYTES} bytes
   * @param offload what the frame asks and promises; the guest takes all of it
   * @param headerBytes of a frame to be cut: how many bytes its headers have
   * @param buffers how many buffers the frame takes
   */
  static void write(byte[] into, long offload, int headerBytes, int buffers) {
    boolean needsChecksum = NicOffload.needsChecksum(offload);
    int cutting = NicOffload.cutting(offload);
    into[0] =
        (byte) (needsChecksum ? NEEDS_CSUM : NicOffload.isChecksumValid(offload) ? DATA_VALID : 0);
    into[1] = (byte) (cutting | (NicOffload.hasCongestion(offload) ? GSO_ECN : 0));
    put(into, 2, headerBytes);
    put(into, 4, NicOffload.segmentSize(offload));
    put(into, 6, needsChecksum ? NicOffload.checksumStart(offload) : 0);
    put(into, 8, needsChecksum ? NicOffload.checksumOffset(offload) : 0);
    put(into, 10, buffers);
  }

  private static void put(byte[] into, int at, int value) {
    into[at] = (byte) value;
    into[at + 1] = (byte) (value >>> 8);
  }
}
