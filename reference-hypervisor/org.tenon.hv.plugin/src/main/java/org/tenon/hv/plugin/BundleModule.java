package org.tenon.hv.plugin;

import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;

/**
 * One modular jar of a bundle.
 *
 * @param file its name inside the bundle, such as {@code lib/driver.jar}
 * @param path where it lies now
 * @param descriptor what its module-info says
 */
record BundleModule(String file, Path path, ModuleDescriptor descriptor) {
  String name() {
    return descriptor.name();
  }

  @Override
  public String toString() {
    return file + " (module " + OneLine.of(name()) + ")";
  }
}
