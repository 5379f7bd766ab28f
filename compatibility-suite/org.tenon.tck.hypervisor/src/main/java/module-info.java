/**
 * Measures hypervisors: a bootable image that probes virtual hardware, and the judge of its report.
 */
module org.tenon.tck.hypervisor {
  requires transitive org.tenon.tck.core;
  requires static org.jspecify;

  exports org.tenon.tck.hypervisor;
}
