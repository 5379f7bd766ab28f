/**
 * What every driver implements and what every host gives it. Needs the JDK and {@code
 * org.tenon.api} only.
 */
module org.tenon.spi {
  requires transitive org.tenon.api;
  requires static org.jspecify;

  exports org.tenon.spi;
}
