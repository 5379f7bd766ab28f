package org.tenon.hv.plugin;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tenon.spi.DriverFactory;

/**
 * Defines a bundle's modules to the JVM. Their parent is the layer that holds the SDK; classes that
 * no module of the bundle reads are looked for in the JDK only, so the hypervisor and its libraries
 * on the class path stay out of sight.
 */
final class BundleLayer {
  private BundleLayer() {}

  /**
   * Defines the layer; still no code of the bundle runs.
   *
   * @throws BundleException if the modules do not resolve
   * @throws IllegalStateException if the host was started with the SDK on the class path
   */
  static ModuleLayer define(Bundle bundle) throws BundleException {
    ModuleLayer sdk = DriverFactory.class.getModule().getLayer();
    if (sdk == null) {
      throw new IllegalStateException(
          "the SDK must be on the module path: start the host with --module-path and"
              + " --add-modules");
    }
    Path[] jars = bundle.modules().stream().map(BundleModule::path).toArray(Path[]::new);
    Set<String> names =
        bundle.modules().stream().map(BundleModule::name).collect(Collectors.toSet());
    try {
      Configuration modules =
          Configuration.resolve(
              ModuleFinder.of(jars), List.of(sdk.configuration()), ModuleFinder.of(), names);
      ModuleLayer.Controller layer =
          ModuleLayer.defineModulesWithOneLoader(
              modules, List.of(sdk), ClassLoader.getPlatformClassLoader());
      for (String name : bundle.manifest().nativeAccess()) {
        layer.enableNativeAccess(layer.layer().findModule(name).orElseThrow());
      }
      return layer.layer();
    } catch (ResolutionException | LayerInstantiationException | SecurityException e) {
      throw new BundleException(
          bundle.origin() + ": its modules do not fit together (" + OneLine.thrown(e) + ")", e);
    }
  }
}
