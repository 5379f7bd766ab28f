/** The sample gigabit controller. Needs nothing but the SDK. */
module org.tenon.samples.e1000 {
  requires org.tenon.spi.device;
  requires static org.jspecify;

  provides org.tenon.spi.device.DeviceDriverFactory with
      org.tenon.samples.e1000.E1000DriverFactory;
}
