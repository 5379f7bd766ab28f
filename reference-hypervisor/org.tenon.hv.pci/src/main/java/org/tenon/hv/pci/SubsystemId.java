package org.tenon.hv.pci;

/** A bridge's subsystem (PCI-to-PCI bridge architecture specification 1.2, 3.2.6.4). */
final class SubsystemId implements Capability {
  private static final int ID = 0x0d;
  private static final int LENGTH = 8;

  private final int subsystem;

  /**
   * A capability.
   *
   * @param subsystem subsystem id above subsystem vendor id
   */
  SubsystemId(int subsystem) {
    this.subsystem = subsystem;
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
    return register == 4 ? subsystem : 0;
  }

  @Override
  public void write(int register, int value, int lanes) {}
}
