/**
 * What a partner tests a driver with: a checking host, virtual time, faults on demand, a guest's
 * side of virtio, and a real guest.
 */
module org.tenon.kit.testing {
  requires transitive org.tenon.spi.block;
  requires transitive org.tenon.spi.device;
  requires transitive org.tenon.spi.net;
  requires jdk.management;
  requires static org.jspecify;

  exports org.tenon.kit.testing;
  exports org.tenon.kit.testing.fault;
  exports org.tenon.kit.testing.guest;
  exports org.tenon.kit.testing.pci;
  exports org.tenon.kit.testing.storage;
  exports org.tenon.kit.testing.virtio;
  exports org.tenon.kit.testing.wire;

  uses org.tenon.kit.testing.guest.GuestHost;
  uses org.tenon.kit.testing.pci.PciDeviceHost;
  uses org.tenon.kit.testing.virtio.VirtioBlockHost;
}
