/** The sample driver that connects a guest to a Linux TAP interface. Needs nothing but the SDK. */
module org.tenon.samples.nictap {
  requires org.tenon.spi.net;
  requires static org.jspecify;

  provides org.tenon.spi.net.NicDriverFactory with
      org.tenon.samples.nictap.TapNicDriverFactory;
}
