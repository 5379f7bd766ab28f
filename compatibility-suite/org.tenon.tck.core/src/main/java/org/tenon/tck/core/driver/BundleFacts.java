package org.tenon.tck.core.driver;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;

/**
 * What the manifest of a subject's bundle says, read before any of its code ran.
 *
 * @param id the bundle's
 * @param version the bundle's own
 * @param driver the id that the manifest gives the driver under test
 * @param spi the SPI versions that the manifest names
 * @param digest of the bundle's bytes, such as {@code sha256:…}
 * @param schemaViolations where the manifest breaks its schema, a line each; empty where it follows
 *     it
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record BundleFacts(
    Identifier id,
    Version version,
    Identifier driver,
    VersionRange spi,
    String digest,
    List<String> schemaViolations) {
  /** Copies the list. */
  public BundleFacts {
    schemaViolations = List.copyOf(schemaViolations);
  }
}
