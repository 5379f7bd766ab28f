/** What a NIC driver (card, TAP, wire) and a virtual switch's extension implement. */
module org.tenon.spi.net {
  requires transitive org.tenon.spi;
  requires static org.jspecify;

  exports org.tenon.spi.net;
  exports org.tenon.spi.net.vswitch;

  uses org.tenon.spi.net.NicDriverFactory;
  uses org.tenon.spi.net.vswitch.SwitchExtensionFactory;
}
