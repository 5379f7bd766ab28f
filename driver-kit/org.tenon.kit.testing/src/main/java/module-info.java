/** What a partner tests a driver with. */
module org.tenon.kit.testing {
  requires transitive org.tenon.spi.block;
  requires static org.jspecify;

  exports org.tenon.kit.testing.storage;
}
