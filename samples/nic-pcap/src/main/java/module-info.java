/** The sample card that reads and writes capture files. Needs nothing but the SDK. */
module org.tenon.samples.nicpcap {
  requires org.tenon.spi.net;
  requires static org.jspecify;

  provides org.tenon.spi.net.NicDriverFactory with
      org.tenon.samples.nicpcap.PcapNicDriverFactory;
}
