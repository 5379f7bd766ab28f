package org.tenon.hv.machine;

/** What is plugged into a machine, by how it is described. */
public enum DeviceKind {
  /** By a {@link DiskConfig}. */
  DISK(DiskState.class, "a disk"),
  /** By a {@link NicConfig}. */
  NIC(NicState.class, "a network card"),
  /** By a {@link DeviceConfig}. */
  FUNCTION(PartnerDeviceState.class, "a partner's PCI function"),
  /** By a {@link VirtioConfig}. */
  VIRTIO(LoopDeviceState.class, "a virtio device");

  private final Class<? extends Record> identity;
  private final String words;

  DeviceKind(Class<? extends Record> identity, String words) {
    this.identity = identity;
    this.words = words;
  }

  /** What a saved machine holds to know one again. */
  Class<? extends Record> identity() {
    return identity;
  }

  /** What one is called in a message. */
  String words() {
    return words;
  }
}
