/** What a block driver (HBA, array, file, network disk) implements. */
module org.tenon.spi.block {
  requires transitive org.tenon.spi;
  requires static org.jspecify;

  exports org.tenon.spi.block;

  uses org.tenon.spi.block.BlockDriverFactory;
}
