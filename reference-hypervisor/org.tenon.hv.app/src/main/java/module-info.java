/** The {@code tenon} command: what a user types, wired to what the other modules do. */
module org.tenon.hv.app {
  requires info.picocli;
  requires java.logging;
  requires org.apache.commons.compress;
  requires org.jline;
  requires static org.jspecify;
  requires org.tenon.hv.engine;
  requires org.tenon.hv.machine;
  requires org.tenon.hv.platform;
  requires org.tenon.hv.plugin;

  uses org.tenon.hv.engine.Engine;

  opens org.tenon.hv.app to
      info.picocli;
}
