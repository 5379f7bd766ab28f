package org.tenon.hv.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.api.VersionRange;
import org.tenon.hv.plugin.BundleManifest.DeviceClass;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.hv.plugin.GuardedCall.BrokenException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverFactory;

/**
 * Runs a checked bundle's code for the first time: makes the driver factories and compares what
 * they say with the manifest. What breaks here breaks a clause, and the exception names it.
 */
public final class BundleLoader {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final ClauseId SAME_ID = ClauseId.parse("DRV-002");
  private static final ClauseId SAME_SPI = ClauseId.parse("DRV-003");
  private static final ClauseId CONSTRUCTS = ClauseId.parse("DRV-004");

  private final Bundle bundle;
  private final ModuleLayer layer;
  private final GuardedCall guard;

  private BundleLoader(Bundle bundle, ModuleLayer layer) {
    this.bundle = bundle;
    this.layer = layer;
    this.guard = new GuardedCall(layer.findLoader(bundle.modules().getFirst().name()), DEADLINE);
  }

  /**
   * Loads a bundle.
   *
   * @param bundle stays open, and is closed with the answer; on failure the caller still owns it
   * @throws BundleException if its code does not keep what the manifest says; the message starts
   *     with the origin
   */
  public static LoadedBundle load(Bundle bundle) throws BundleException {
    return new BundleLoader(bundle, BundleLayer.define(bundle)).load();
  }

  private LoadedBundle load() throws BundleException {
    Map<Identifier, DriverFactory> found = new HashMap<>();
    for (DeviceClass deviceClass : DeviceClass.values()) {
      find(deviceClass, found);
    }
    List<DriverFactory> factories = new ArrayList<>();
    for (DriverEntry entry : bundle.manifest().drivers()) {
      DriverFactory factory = found.get(entry.id());
      if (factory == null) {
        throw broken(
            SAME_ID, "no factory says it is '%s'; found: %s".formatted(entry.id(), found.keySet()));
      }
      factories.add(factory);
    }
    return new LoadedBundle(bundle, factories);
  }

  private void find(DeviceClass deviceClass, Map<Identifier, DriverFactory> found)
      throws BundleException {
    for (ServiceLoader.Provider<? extends DriverFactory> provider : providers(deviceClass)) {
      String name = provider.type().getName();
      DriverFactory factory = call(CONSTRUCTS, name + "'s constructor", provider::get);
      Identifier id = call(CONSTRUCTS, name + ".id()", factory::id);
      DriverEntry entry = entry(name, id, deviceClass);
      if (found.put(entry.id(), factory) != null) {
        throw broken(
            SAME_ID,
            "two factories say they are '%s'; each driver of the manifest has one".formatted(id));
      }
      checkSpi(name, call(CONSTRUCTS, name + ".spi()", factory::spi));
      checkKeys(name, entry, call(CONSTRUCTS, name + ".configKeys()", factory::configKeys));
    }
  }

  private List<? extends ServiceLoader.Provider<? extends DriverFactory>> providers(
      DeviceClass deviceClass) throws BundleException {
    return call(
        CONSTRUCTS,
        "finding its drivers",
        () ->
            ServiceLoader.load(layer, deviceClass.factory()).stream()
                .filter(provider -> provider.type().getModule().getLayer() == layer)
                .toList());
  }

  private DriverEntry entry(String factory, Identifier id, DeviceClass deviceClass)
      throws BundleException {
    List<Identifier> ids = bundle.manifest().drivers().stream().map(DriverEntry::id).toList();
    for (DriverEntry entry : bundle.manifest().drivers()) {
      if (entry.id().equals(id) && entry.deviceClass() == deviceClass) {
        return entry;
      }
    }
    throw broken(
        SAME_ID,
        "%s says it is '%s', and the manifest has %s; make them equal".formatted(factory, id, ids));
  }

  private void checkSpi(String factory, VersionRange spi) throws BundleException {
    if (!bundle.manifest().spi().equals(spi)) {
      throw broken(
          SAME_SPI,
          "%s says it speaks SPI %s, and the manifest says %s; make them equal"
              .formatted(factory, spi, bundle.manifest().spi()));
    }
  }

  private void checkKeys(String factory, DriverEntry entry, List<ConfigKey> keys)
      throws BundleException {
    List<String> names =
        call(
            CONSTRUCTS,
            factory + ".configKeys()",
            () -> keys.stream().map(ConfigKey::name).toList());
    List<String> used = new ArrayList<>();
    entry
        .certify()
        .ifPresent(provision -> {
          used.addAll(provision.given());
          used.addAll(provision.settings().keySet());
        });
    for (String name : used) {
      if (!names.contains(name)) {
        throw broken(
            CONSTRUCTS,
            "the manifest's certify section sets '%s', and driver '%s' has the settings %s"
                .formatted(name, entry.id(), names));
      }
    }
  }

  private <T> T call(ClauseId clause, String what, Callable<T> code) throws BundleException {
    try {
      T answer = guard.call(code);
      if (answer == null) {
        throw broken(clause, what + " answered null");
      }
      return answer;
    } catch (BrokenException e) {
      throw new BundleException(
          "%s: driver %s %s; it must return, without an exception"
              .formatted(bundle.origin(), what, e.getMessage()),
          clause,
          e);
    }
  }

  private BundleException broken(ClauseId clause, String what) {
    return new BundleException(bundle.origin() + ": " + what, clause, null);
  }
}
