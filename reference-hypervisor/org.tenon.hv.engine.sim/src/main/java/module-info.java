/**
 * The simulator engine: an x86-64 processor in pure Java, deterministic, without privilege or
 * hardware support.
 */
module org.tenon.hv.engine.sim {
  requires static org.jspecify;
  requires transitive org.tenon.hv.engine;

  exports org.tenon.hv.engine.sim;

  provides org.tenon.hv.engine.Engine with
      org.tenon.hv.engine.sim.SimEngine;
}
