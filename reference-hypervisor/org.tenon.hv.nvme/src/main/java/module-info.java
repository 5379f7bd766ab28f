/** An NVMe 1.4 controller with one namespace, over an attached block driver. */
module org.tenon.hv.nvme {
  requires static org.jspecify;
  requires transitive org.tenon.hv.attach;
  requires transitive org.tenon.hv.memory;
  requires transitive org.tenon.hv.pci;

  exports org.tenon.hv.nvme;
}
