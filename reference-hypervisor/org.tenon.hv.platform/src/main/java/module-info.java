/**
 * The rest of a PC: timers, clock, serial port, power management, ACPI tables, and the ways to
 * start a kernel.
 */
module org.tenon.hv.platform {
  requires static org.jspecify;
  requires transitive org.tenon.hv.bus;
  requires transitive org.tenon.hv.irq;
  requires transitive org.tenon.hv.memory;

  exports org.tenon.hv.platform;
  exports org.tenon.hv.platform.acpi;
  exports org.tenon.hv.platform.boot;
}
