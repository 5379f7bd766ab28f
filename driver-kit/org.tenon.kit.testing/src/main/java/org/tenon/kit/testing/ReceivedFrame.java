package org.tenon.kit.testing;

import org.tenon.api.Stability;

/** A frame that a NIC driver handed over, whole. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class ReceivedFrame {
  private final int pair;
  private final byte[] bytes;
  private final long offload;
  private final int buffers;

  ReceivedFrame(int pair, byte[] bytes, long offload, int buffers) {
    this.pair = pair;
    this.bytes = bytes;
    this.offload = offload;
    this.buffers = buffers;
  }

  /** On which pair of queues. */
  public int pair() {
    return pair;
  }

  /** The frame, from its destination address on. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** What it asks and promises, as {@link org.tenon.spi.net.NicOffload} packs it. */
  public long offload() {
    return offload;
  }

  /** How many buffers it took. */
  public int buffers() {
    return buffers;
  }

  @Override
  public String toString() {
    return "frame of %d bytes on pair %d, offload 0x%016x".formatted(bytes.length, pair, offload);
  }
}
