/**
 * Certifies extensions of the virtual switch: the contract that a partner's test extends, and the
 * tests behind it.
 */
module org.tenon.tck.vswitch {
  requires transitive org.tenon.kit.testing;
  requires transitive org.tenon.tck.core;
  requires static org.jspecify;

  exports org.tenon.tck.vswitch;
  exports org.tenon.tck.vswitch.trial;

  // JUnit calls the tests.
  opens org.tenon.tck.vswitch to
      org.junit.platform.commons;
  opens org.tenon.tck.vswitch.contract to
      org.junit.platform.commons;
  opens org.tenon.tck.vswitch.trial to
      org.junit.platform.commons;
}
