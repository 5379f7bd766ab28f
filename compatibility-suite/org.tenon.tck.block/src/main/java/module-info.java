/** Certifies block drivers: the contract that a partner's test extends, and the tests behind it. */
module org.tenon.tck.block {
  requires transitive org.tenon.kit.testing;
  requires transitive org.tenon.tck.core;
  requires static org.jspecify;

  exports org.tenon.tck.block;
  exports org.tenon.tck.block.subject;
  exports org.tenon.tck.block.trial;

  // JUnit calls the tests.
  opens org.tenon.tck.block to
      org.junit.platform.commons;
  opens org.tenon.tck.block.contract to
      org.junit.platform.commons;
  opens org.tenon.tck.block.durability to
      org.junit.platform.commons;
  opens org.tenon.tck.block.guest to
      org.junit.platform.commons;
  opens org.tenon.tck.block.trial to
      org.junit.platform.commons;
  opens org.tenon.tck.block.virtio to
      org.junit.platform.commons;

  uses org.tenon.kit.testing.guest.GuestHost;
  uses org.tenon.kit.testing.virtio.VirtioBlockHost;
}
