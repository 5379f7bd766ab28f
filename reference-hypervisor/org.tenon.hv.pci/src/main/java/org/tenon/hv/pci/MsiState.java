package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What MSI keeps.
 *
 * @param control the writable bits of the message control register, in bits 31:16
 * @param addressLow message address
 * @param addressHigh its upper half
 * @param data message data, 16 bits
 * @param mask a bit for each vector that is masked
 * @param pending a bit for each vector whose message waits
 */
@StateFormat(name = "msi", version = 1)
public record MsiState(
    int control, int addressLow, int addressHigh, int data, int mask, int pending) {
  /** Checks the widths. */
  public MsiState {
    if ((control & ~0x710000) != 0 || (addressLow & 3) != 0 || data >>> 16 != 0) {
      throw new IllegalArgumentException("no state of MSI");
    }
  }
}
