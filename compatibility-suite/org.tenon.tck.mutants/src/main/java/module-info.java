/** Broken drivers that the compatibility suite must catch, and what proves that it does. */
module org.tenon.tck.mutants {
  requires transitive org.tenon.tck.block;
  requires transitive org.tenon.tck.net;
  requires transitive org.tenon.tck.vswitch;
  requires com.fasterxml.jackson.databind;
  requires static org.jspecify;

  exports org.tenon.tck.mutants;
  exports org.tenon.tck.mutants.net;
  exports org.tenon.tck.mutants.vswitch;
}
