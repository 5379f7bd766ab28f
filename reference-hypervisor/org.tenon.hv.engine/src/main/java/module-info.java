/**
 * What every CPU engine offers to the machine: virtual CPUs that run until an exit, and their state
 * as values.
 */
module org.tenon.hv.engine {
  requires static org.jspecify;

  exports org.tenon.hv.engine;

  uses org.tenon.hv.engine.Engine;
}
