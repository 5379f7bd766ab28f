/** A partner's own PCI function on the bus. */
module org.tenon.hv.device {
  requires static org.jspecify;
  requires transitive org.tenon.hv.attach;
  requires transitive org.tenon.hv.pci;

  exports org.tenon.hv.device;
}
