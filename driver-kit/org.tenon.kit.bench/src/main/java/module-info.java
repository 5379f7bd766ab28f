/** Measures a block driver: operations, bytes and latency, without a hypervisor around it. */
module org.tenon.kit.bench {
  requires HdrHistogram;
  requires com.fasterxml.jackson.databind;
  requires jdk.management;
  requires transitive org.tenon.spi.block;
  requires org.tenon.kit.testing;
  requires static org.jspecify;

  exports org.tenon.kit.bench;
}
