/** The sample driver that serves a raw image file. Needs nothing but the SDK. */
module org.tenon.samples.blockfile {
  requires org.tenon.spi.block;
  requires static org.jspecify;

  provides org.tenon.spi.block.BlockDriverFactory with
      org.tenon.samples.blockfile.FileBlockDriverFactory;
}
