/** The sample extension of the virtual switch, which mirrors frames. Needs nothing but the SDK. */
module org.tenon.samples.switchmirror {
  requires org.tenon.spi.net;
  requires static org.jspecify;

  provides org.tenon.spi.net.vswitch.SwitchExtensionFactory with
      org.tenon.samples.switchmirror.MirrorFactory;
}
