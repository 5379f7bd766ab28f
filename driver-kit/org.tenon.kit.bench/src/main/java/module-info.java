/**
 * Measures a driver: operations, bytes and latency, without a hypervisor around it or through one.
 */
module org.tenon.kit.bench {
  requires HdrHistogram;
  requires com.fasterxml.jackson.databind;
  requires jdk.management;
  requires transitive org.tenon.spi.block;
  requires transitive org.tenon.kit.testing;
  requires static org.jspecify;

  exports org.tenon.kit.bench;
}
