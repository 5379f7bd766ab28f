/** The sample card with a loopback plug. Needs nothing but the SDK. */
module org.tenon.samples.nicloopback {
  requires org.tenon.spi.net;
  requires static org.jspecify;

  provides org.tenon.spi.net.NicDriverFactory with
      org.tenon.samples.nicloopback.LoopbackNicDriverFactory;
}
