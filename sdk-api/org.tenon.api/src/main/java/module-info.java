/**
 * The words every Tenon surface shares: identifiers, versions, stability, status codes, health. JDK
 * only.
 */
module org.tenon.api {
  requires static org.jspecify;

  exports org.tenon.api;
}
