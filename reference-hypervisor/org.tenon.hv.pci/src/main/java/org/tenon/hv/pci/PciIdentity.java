package org.tenon.hv.pci;

/**
 * Who a function is (PCI local bus specification 3.0, 6.2.1 and 6.2.4).
 *
 * @param vendor vendor id, 16 bits
 * @param device device id, 16 bits
 * @param classCode base class, subclass and programming interface, 24 bits
 * @param revision 8 bits
 * @param subsystemVendor 16 bits
 * @param subsystem 16 bits
 */
public record PciIdentity(
    int vendor, int device, int classCode, int revision, int subsystemVendor, int subsystem) {
  /** Checks the widths. */
  public PciIdentity {
    boolean fits =
        ((vendor | device | subsystemVendor | subsystem) & ~0xffff) == 0
            && (classCode & ~0xffffff) == 0
            && (revision & ~0xff) == 0;
    if (!fits || vendor == 0xffff) {
      throw new IllegalArgumentException(
          "no PCI function is %x:%x class %x".formatted(vendor, device, classCode));
    }
  }
}
