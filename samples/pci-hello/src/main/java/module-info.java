/** The sample PCI function that greets. Needs nothing but the SDK. */
module org.tenon.samples.pcihello {
  requires org.tenon.spi.device;
  requires static org.jspecify;

  provides org.tenon.spi.device.DeviceDriverFactory with
      org.tenon.samples.pcihello.HelloDriverFactory;
}
