package org.tenon.hv.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tenon.api.Fault;
import org.tenon.api.Identifier;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.spi.DriverFactory;

/**
 * The bundles of one host: ids are unique, and a bundle whose driver broke a promise is in
 * quarantine, which means that no new driver of it is opened. Safe for use by any thread.
 */
public final class BundleRegistry implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BundleRegistry.class.getName());

  private final Map<Identifier, LoadedBundle> bundles = new LinkedHashMap<>();
  private final Map<Identifier, Identifier> bundleOfDriver = new LinkedHashMap<>();
  private final Map<Identifier, Fault> quarantine = new LinkedHashMap<>();

  /** An empty one. */
  public BundleRegistry() {}

  /**
   * Takes in a bundle.
   *
   * @param loaded is closed with the registry; on failure the caller still owns it
   * @throws BundleException if its id, or the id of one of its drivers, is taken
   */
  public synchronized void add(LoadedBundle loaded) throws BundleException {
    BundleManifest manifest = loaded.bundle().manifest();
    LoadedBundle twin = bundles.get(manifest.id());
    if (twin != null) {
      throw new BundleException(
          "%s: bundle '%s' is loaded already, from %s; load one of them"
              .formatted(loaded.bundle().origin(), manifest.id(), twin.bundle().origin()));
    }
    for (DriverEntry driver : manifest.drivers()) {
      Identifier owner = bundleOfDriver.get(driver.id());
      if (owner != null) {
        throw new BundleException(
            "%s: driver '%s' is in bundle '%s' already; load one of them"
                .formatted(loaded.bundle().origin(), driver.id(), owner));
      }
    }
    bundles.put(manifest.id(), loaded);
    manifest.drivers().forEach(driver -> bundleOfDriver.put(driver.id(), manifest.id()));
  }

  /**
   * The factory of a driver, for a new device.
   *
   * @throws BundleException if no bundle has the driver, or its bundle is in quarantine
   */
  public synchronized DriverFactory factory(Identifier driver) throws BundleException {
    Identifier owner = bundleOfDriver.get(driver);
    LoadedBundle loaded = owner == null ? null : bundles.get(owner);
    if (owner == null || loaded == null) {
      throw new BundleException(
          "no bundle has driver '%s'; loaded: %s".formatted(driver, bundleOfDriver.keySet()));
    }
    Fault fault = quarantine.get(owner);
    if (fault != null) {
      throw new BundleException(
          "bundle '%s' is in quarantine since it broke %s".formatted(owner, fault));
    }
    return loaded.factory(driver).orElseThrow();
  }

  /**
   * Puts the bundle that has the driver into quarantine. The first fault counts; drivers that are
   * open are the caller's.
   */
  public synchronized void quarantine(Identifier driver, Fault fault) {
    Identifier owner = bundleOfDriver.get(driver);
    if (owner != null && quarantine.putIfAbsent(owner, fault) == null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "bundle {0} goes into quarantine: {1}",
          owner,
          OneLine.of(fault.toString()));
    }
  }

  /** Why a bundle is in quarantine, if it is. */
  public synchronized Optional<Fault> quarantined(Identifier bundle) {
    return Optional.ofNullable(quarantine.get(bundle));
  }

  /** The ids of all drivers, in the order in which they came. */
  public synchronized List<Identifier> drivers() {
    return new ArrayList<>(bundleOfDriver.keySet());
  }

  /** Closes all bundles; their drivers are closed before. */
  @Override
  public synchronized void close() {
    bundles.values().forEach(LoadedBundle::close);
    bundles.clear();
    bundleOfDriver.clear();
  }
}
