/** The {@code tenon} command: what a user types, wired to what the other modules do. */
module org.tenon.hv.app {
  requires info.picocli;
  requires java.logging;
  requires static org.jspecify;
  requires org.tenon.hv.plugin;

  opens org.tenon.hv.app to
      info.picocli;
}
