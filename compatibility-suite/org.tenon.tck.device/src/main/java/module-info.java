/** Certifies PCI functions: the contract that a partner's test extends, and the tests behind it. */
module org.tenon.tck.device {
  requires transitive org.tenon.kit.testing;
  requires transitive org.tenon.tck.core;
  requires static org.jspecify;

  exports org.tenon.tck.device;
  exports org.tenon.tck.device.trial;

  // JUnit calls the tests.
  opens org.tenon.tck.device to
      org.junit.platform.commons;
  opens org.tenon.tck.device.contract to
      org.junit.platform.commons;
  opens org.tenon.tck.device.hardware to
      org.junit.platform.commons;
  opens org.tenon.tck.device.trial to
      org.junit.platform.commons;

  uses org.tenon.kit.testing.pci.PciDeviceHost;
}
