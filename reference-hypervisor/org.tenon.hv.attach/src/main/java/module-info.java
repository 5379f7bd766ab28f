/** The seam between device models and drivers: requests in flight, faults, the driver's life. */
module org.tenon.hv.attach {
  requires transitive org.tenon.hv.memory;
  requires transitive org.tenon.spi.block;
  requires transitive org.tenon.spi.device;
  requires static org.jspecify;

  exports org.tenon.hv.attach;
}
