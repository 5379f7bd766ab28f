/** The seam between device models and drivers: requests in flight, faults, the driver's life. */
module org.tenon.hv.attach {
  requires transitive org.tenon.hv.memory;
  requires transitive org.tenon.spi.block;
  requires transitive org.tenon.spi.device;
  requires transitive org.tenon.spi.net;
  requires static org.jspecify;

  exports org.tenon.hv.attach;
  exports org.tenon.hv.attach.frame;
}
