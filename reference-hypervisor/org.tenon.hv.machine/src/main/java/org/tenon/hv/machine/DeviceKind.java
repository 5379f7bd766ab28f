package org.tenon.hv.machine;

/** What is plugged into a machine, by how it is described. */
public enum DeviceKind {
  /** By a {@link DiskConfig}. */
  DISK(DiskState.class),
  /** By a {@link NicConfig}. */
  NIC(NicState.class),
  /** By a {@link DeviceConfig}. */
  FUNCTION(PartnerDeviceState.class),
  /** By a {@link VirtioConfig}. */
  VIRTIO(LoopDeviceState.class);

  private final Class<? extends Record> identity;

  DeviceKind(Class<? extends Record> identity) {
    this.identity = identity;
  }

  /** What a saved machine holds to know one again. */
  Class<? extends Record> identity() {
    return identity;
  }
}
