/** What a device model plugs into: port and memory-mapped dispatch, machine time, saved state. */
module org.tenon.hv.bus {
  requires static org.jspecify;

  exports org.tenon.hv.bus;
  exports org.tenon.hv.bus.state;
}
