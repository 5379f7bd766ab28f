/**
 * The PC's interrupt controllers: local APICs, I/O APIC, 8259 pair, and the routes between them.
 */
module org.tenon.hv.irq {
  requires static org.jspecify;
  requires transitive org.tenon.hv.bus;

  exports org.tenon.hv.irq;
}
