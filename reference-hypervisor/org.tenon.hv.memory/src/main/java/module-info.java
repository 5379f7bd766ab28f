/** Guest RAM: regions at guest-physical addresses, shareable backing, dirty tracking. */
module org.tenon.hv.memory {
  requires static org.jspecify;

  exports org.tenon.hv.memory;
}
