package org.tenon.hv.bus;

/** How wide a device's registers are, and so how {@link AddressSpace} presents an access to it. */
public enum RegisterWidth {
  /**
   * Byte registers, as ISA devices have: a wider access becomes one access for each byte, lowest
   * address first.
   */
  BYTE(1),
  /**
   * 16-bit registers: narrower reads take a part, narrower writes merge with what the register
   * reads as.
   */
  WORD(2),
  /**
   * 32-bit registers: narrower reads take a part, narrower writes merge with what the register
   * reads as.
   */
  DWORD(4),
  /** The device tells sizes apart itself; an access reaches it as the guest made it. */
  ANY(0);

  private final int bytes;

  RegisterWidth(int bytes) {
    this.bytes = bytes;
  }

  /** The width of one register in bytes, or 0 for {@link #ANY}. */
  int bytes() {
    return bytes;
  }
}
