/** A whole machine: the wiring of engine, devices and memory, and the loop that runs it. */
module org.tenon.hv.machine {
  requires static org.jspecify;
  requires transitive org.tenon.hv.attach;
  requires transitive org.tenon.hv.bus;
  requires transitive org.tenon.hv.engine;
  requires transitive org.tenon.hv.irq;
  requires transitive org.tenon.hv.memory;
  requires transitive org.tenon.hv.pci;
  requires transitive org.tenon.hv.platform;
  requires org.tenon.hv.device;
  requires org.tenon.hv.nvme;
  requires org.tenon.hv.virtio;

  exports org.tenon.hv.machine;
  exports org.tenon.hv.machine.gdb;
}
