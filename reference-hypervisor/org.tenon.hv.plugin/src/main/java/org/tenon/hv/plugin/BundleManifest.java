package org.tenon.hv.plugin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;

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
   * @param certify what the suite gives it to work on; empty where it cannot be certified
   */
  public record DriverEntry(
      Identifier id, DeviceClass deviceClass, String description, Optional<Provision> certify) {}

  /** A part of the SPI that drivers implement. */
  public enum DeviceClass {
    /** {@code org.tenon.spi.block}. */
    BLOCK(BlockDriverFactory.class),
    /** {@code org.tenon.spi.device}. */
    DEVICE(DeviceDriverFactory.class),
    /** {@code org.tenon.spi.net}. */
    NET(NicDriverFactory.class),
    /** {@code org.tenon.spi.net.vswitch}. */
    SWITCH(SwitchExtensionFactory.class);

    private final Class<? extends DriverFactory> factory;

    DeviceClass(Class<? extends DriverFactory> factory) {
      this.factory = factory;
    }

    /** The service that a module provides for each driver of this class. */
    public Class<? extends DriverFactory> factory() {
      return factory;
    }
  }
}
