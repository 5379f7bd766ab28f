/**
 * What every certification shares: numbered clauses, levels, seeds, the run, the verdict, the
 * reports.
 */
module org.tenon.tck.core {
  requires transitive org.tenon.kit.testing;
  requires transitive org.tenon.spi;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.platform.launcher;
  requires transitive org.opentest4j;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires java.xml;
  requires static org.jspecify;

  exports org.tenon.tck.core;
  exports org.tenon.tck.core.driver;
  exports org.tenon.tck.core.evidence;
  exports org.tenon.tck.core.guest;
  exports org.tenon.tck.core.report;
  exports org.tenon.tck.core.run;
  exports org.tenon.tck.core.verdict;

  // JUnit calls the tests.
  opens org.tenon.tck.core.driver to
      org.junit.platform.commons;
}
