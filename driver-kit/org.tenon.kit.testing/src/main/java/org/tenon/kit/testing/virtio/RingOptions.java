package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/**
 * The shape of a ring. Each is used only as far as the device offers it and the guest takes it.
 *
 * @param size how many descriptors; a power of two
 * @param packed a packed ring (section 2.8) rather than a split one (2.7)
 * @param indirect every chain of more than one buffer goes through a table of its own
 * @param eventIndex notifications by index
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record RingOptions(int size, boolean packed, boolean indirect, boolean eventIndex) {
  /** A split ring of 64 without options. */
  public static final RingOptions PLAIN = new RingOptions(64, false, false, false);

  /** The feature bits that it takes. */
  public long features() {
    return (packed ? VirtioFeature.RING_PACKED : 0)
        | (indirect ? VirtioFeature.INDIRECT_DESC : 0)
        | (eventIndex ? VirtioFeature.EVENT_IDX : 0);
  }
}
