/**
 * PCI: functions with their configuration space, base addresses and message-signalled interrupts.
 */
module org.tenon.hv.pci {
  requires static org.jspecify;
  requires transitive org.tenon.hv.bus;
  requires transitive org.tenon.hv.irq;

  exports org.tenon.hv.pci;
}
