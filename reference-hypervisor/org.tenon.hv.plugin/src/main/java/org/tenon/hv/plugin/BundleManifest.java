package org.tenon.hv.plugin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;

/**
 * What a bundle says of itself in {@code tenon-bundle.json}. Immutable.
 *
 * @param id the bundle's name, unique among the bundles that a host loads
 * @param version its own version
 * @param spi the SPI versions that it was built and tested for
 * @param vendor who made it; empty where the manifest does not say
 * @param description what it is; empty where the manifest does not say
 * @param nativeAccess its modules that ask for restricted foreign functions
 * @param drivers what it holds, with ids that differ
 */
public record BundleManifest(
    Identifier id,
    Version version,
    VersionRange spi,
    String vendor,
    String description,
    Set<String> nativeAccess,
    List<DriverEntry> drivers) {

  /** Copies the collections. */
  public BundleManifest {
    nativeAccess = Set.copyOf(nativeAccess);
    drivers = List.copyOf(drivers);
  }

  /**
   * One driver.
   *
   * @param id equal to what its factory says
   * @param deviceClass which part of the SPI it implements
   * @param description what it drives; empty where the manifest does not say
   * @param certify how the suite gives it storage; empty where it cannot be certified
   */
  public record DriverEntry(
      Identifier id,
      DeviceClass deviceClass,
      String description,
      Optional<ScratchStorage> certify) {}

  /** A part of the SPI that drivers implement. */
  public enum DeviceClass {
    /** {@code org.tenon.spi.block}. */
    BLOCK
  }

  /**
   * How the suite gives a driver storage of its own to work on.
   *
   * @param kind what the storage is
   * @param setting the driver's configuration key that takes its path or URI
   * @param settings further settings, the same for every test
   */
  public record ScratchStorage(Kind kind, String setting, Map<String, String> settings) {
    /** Copies the settings. */
    public ScratchStorage {
      settings = Map.copyOf(settings);
    }

    /** What the storage is. */
    public enum Kind {
      /** An image file; the setting takes its path. */
      FILE,
      /** An NBD server; the setting takes its URI. */
      NBD
    }
  }
}
