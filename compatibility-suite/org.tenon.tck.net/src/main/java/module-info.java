/** Certifies NIC drivers: the contract that a partner's test extends, and the tests behind it. */
module org.tenon.tck.net {
  requires transitive org.tenon.kit.testing;
  requires transitive org.tenon.tck.core;
  requires static org.jspecify;

  exports org.tenon.tck.net;
  exports org.tenon.tck.net.packet;
  exports org.tenon.tck.net.subject;
  exports org.tenon.tck.net.trial;

  // JUnit calls the tests.
  opens org.tenon.tck.net to
      org.junit.platform.commons;
  opens org.tenon.tck.net.contract to
      org.junit.platform.commons;
  opens org.tenon.tck.net.guest to
      org.junit.platform.commons;
  opens org.tenon.tck.net.trial to
      org.junit.platform.commons;
  opens org.tenon.tck.net.virtio to
      org.junit.platform.commons;

  uses org.tenon.kit.testing.virtio.VirtioNicHost;
}
