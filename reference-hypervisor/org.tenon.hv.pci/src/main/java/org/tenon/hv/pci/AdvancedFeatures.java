package org.tenon.hv.pci;

/**
 * The advanced features capability (PCI-SIG ECN "Advanced Capabilities for Conventional PCI"): the
 * guest can reset this function alone.
 */
public final class AdvancedFeatures implements Capability {
  private static final int ID = 0x13;
  private static final int LENGTH = 6;

  /** Capabilities: a pending bit, which never shows, and function level reset. */
  private static final int ABILITIES = 0b11 << 24;

  private static final int INITIATE_RESET = 1;

  private final Runnable reset;

  /**
   * The capability.
   *
   * @param reset what to do when the guest asks; over when it returns
   */
  public AdvancedFeatures(Runnable reset) {
    this.reset = reset;
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public int length() {
    return LENGTH;
  }

  @Override
  public int read(int register) {
    return register == 0 ? ABILITIES | LENGTH << 16 : 0;
  }

  @Override
  public void write(int register, int value, int lanes) {
    if (register == 4 && (value & lanes & INITIATE_RESET) != 0) {
      reset.run();
    }
  }
}
