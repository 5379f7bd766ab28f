/** What a vendor's own PCI function implements. */
module org.tenon.spi.device {
  requires transitive org.tenon.spi;
  requires static org.jspecify;

  exports org.tenon.spi.device;

  uses org.tenon.spi.device.DeviceDriverFactory;
}
