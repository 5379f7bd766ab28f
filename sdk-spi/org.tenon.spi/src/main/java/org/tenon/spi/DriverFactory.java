package org.tenon.spi;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.api.VersionRange;

/**
 * Where a driver begins: found by {@link java.util.ServiceLoader} through the sub-interface of its
 * device class. A factory keeps no state, its constructor does nothing, and every method may be
 * called by any thread at any time.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface DriverFactory {
  /** The driver's name, unique among all bundles that a host loads; equal to the manifest's. */
  Identifier id();

  /** The SPI versions that the driver was built and tested for; equal to the manifest's. */
  VersionRange spi();

  /**
   * What a user can, and must, set. The host refuses settings that do not fit before it calls
   * {@code open}.
   */
  List<ConfigKey> configKeys();
}
