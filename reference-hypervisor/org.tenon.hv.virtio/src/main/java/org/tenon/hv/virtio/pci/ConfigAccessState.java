package org.tenon.hv.virtio.pci;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the capability for configuration accesses keeps (4.1.4.9).
 *
 * @param bar which BAR the guest wants to reach
 * @param offset where in it
 * @param length how many bytes
 */
@StateFormat(name = "virtio-config-access", version = 1)
public record ConfigAccessState(int bar, int offset, int length) {
  /** Checks the width. */
  public ConfigAccessState {
    if (bar >>> 8 != 0) {
      throw new IllegalArgumentException("no BAR has the number " + bar);
    }
  }
}
