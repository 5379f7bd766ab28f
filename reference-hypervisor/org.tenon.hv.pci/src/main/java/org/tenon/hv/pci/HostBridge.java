package org.tenon.hv.pci;

/** The host bridge at 00:00.0: an identity and nothing to configure. */
public final class HostBridge implements PciFunction {
  private static final int CLASS_HOST_BRIDGE = 0x060000;

  private final int identity;
  private final int revision;
  private final int subsystem;

  /**
   * A bridge.
   *
   * @param vendor vendor id
   * @param device device id
   * @param revision 8 bits
   * @param subsystem subsystem id above subsystem vendor id
   */
  public HostBridge(int vendor, int device, int revision, int subsystem) {
    identity = device << 16 | vendor;
    this.revision = revision;
    this.subsystem = subsystem;
  }

  @Override
  public int readConfig(int register) {
    return switch (register) {
      case 0x00 -> identity;
      case 0x08 -> CLASS_HOST_BRIDGE << 8 | revision;
      case 0x2c -> subsystem;
      default -> 0;
    };
  }

  @Override
  public void writeConfig(int register, int value, int lanes) {}
}
