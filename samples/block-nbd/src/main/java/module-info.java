/** The sample driver that serves an export of an NBD server. Needs nothing but the SDK. */
module org.tenon.samples.blocknbd {
  requires org.tenon.spi.block;
  requires static org.jspecify;

  provides org.tenon.spi.block.BlockDriverFactory with
      org.tenon.samples.blocknbd.NbdBlockDriverFactory;
}
