package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/** How a virtio-blk device answered. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestBlockResult {
  private final int status;
  private final int usedLength;
  private final byte[] data;

  GuestBlockResult(int status, int usedLength, byte[] data) {
    this.status = status;
    this.usedLength = usedLength;
    this.data = data;
  }

  /**
   * The status byte, of {@link VirtioBlk}; {@link VirtioBlk#NOT_WRITTEN} if the device did not
   * write one.
   */
  public int status() {
    return status;
  }

  /** Whether the status is {@link VirtioBlk#OK}. */
  public boolean isOk() {
    return status == VirtioBlk.OK;
  }

  /** How many bytes the device says it wrote, the status included. */
  public int usedLength() {
    return usedLength;
  }

  /** What the device wrote before the status, as far as it wrote anything. */
  public byte[] data() {
    return data.clone();
  }

  @Override
  public String toString() {
    return VirtioBlk.statusName(status) + ", " + usedLength + " bytes used";
  }
}
