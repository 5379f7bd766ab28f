/** PCI configuration space: the tree of functions and the two ways a guest reaches it. */
module org.tenon.hv.pci {
  requires static org.jspecify;
  requires transitive org.tenon.hv.bus;

  exports org.tenon.hv.pci;
}
