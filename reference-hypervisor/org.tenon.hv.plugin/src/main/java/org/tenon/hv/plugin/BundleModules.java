package org.tenon.hv.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tenon.api.ClauseId;
import org.tenon.hv.plugin.BundleManifest.DeviceClass;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;

/**
 * What a bundle's modules say of themselves, and whether it fits together. Reads descriptors; no
 * code runs.
 */
final class BundleModules {
  /** The modules of the SDK, which a bundle may read and must not ship. */
  static final SortedSet<String> SDK =
      new TreeSet<>(
          Set.of(
              "org.tenon.api",
              "org.tenon.spi",
              "org.tenon.spi.block",
              "org.tenon.spi.device",
              "org.tenon.spi.net"));

  private static final ClauseId READS_SDK_ONLY = ClauseId.parse("DRV-005");
  private static final String DESCRIPTOR = "module-info.class";
  private static final String TENON = "org.tenon.";

  private static final Map<String, ModuleReference> JDK =
      ModuleFinder.ofSystem().findAll().stream()
          .collect(
              Collectors.toUnmodifiableMap(module -> module.descriptor().name(), module -> module));

  private BundleModules() {}

  /**
   * Reads and compares the descriptors of all jars.
   *
   * @param manifest what the bundle says
   * @param jars the jars by their names inside the bundle
   * @throws BundleException if a jar is no modular jar, or the modules do not fit the manifest or
   *     one another
   */
  static List<BundleModule> read(BundleManifest manifest, Map<String, Path> jars)
      throws BundleException {
    if (jars.isEmpty()) {
      throw new BundleException(
          "the bundle holds no code; put the driver's modular jar under lib/");
    }
    Map<String, BundleModule> modules = new HashMap<>();
    for (Map.Entry<String, Path> jar : jars.entrySet()) {
      BundleModule module =
          new BundleModule(jar.getKey(), jar.getValue(), descriptor(jar.getKey(), jar.getValue()));
      checkName(module);
      BundleModule twin = modules.put(module.name(), module);
      if (twin != null) {
        throw new BundleException(
            "%s and %s are the same module; keep one".formatted(twin.file(), module));
      }
    }
    checkReads(modules);
    checkPackages(modules.values());
    checkManifest(manifest, modules);
    return modules.values().stream().sorted((a, b) -> a.file().compareTo(b.file())).toList();
  }

  private static ModuleDescriptor descriptor(String file, Path path) throws BundleException {
    try (JarFile jar = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
      ZipEntry entry = jar.getEntry(DESCRIPTOR);
      if (entry == null) {
        throw new BundleException(
            "%s is no modular jar: it has no module-info.class; add a module-info.java, or use a modular version of the library"
                .formatted(file));
      }
      byte[] bytes;
      try (InputStream in = jar.getInputStream(entry)) {
        bytes = in.readNBytes(BundleLimits.DESCRIPTOR_BYTES + 1);
      }
      if (bytes.length > BundleLimits.DESCRIPTOR_BYTES) {
        throw new BundleException(
            "%s: its module-info.class has more than %d bytes; that much is accepted at most"
                .formatted(file, BundleLimits.DESCRIPTOR_BYTES));
      }
      return ModuleDescriptor.read(new ByteArrayInputStream(bytes), () -> packages(jar));
    } catch (InvalidModuleDescriptorException | FindException e) {
      throw new BundleException(
          "%s: its module-info.class cannot be read (%s); compile it with --release 25 or lower"
              .formatted(file, OneLine.thrown(e)),
          e);
    } catch (IOException | RuntimeException e) {
      throw new BundleException(
          "%s is no jar or is damaged (%s); build it anew".formatted(file, OneLine.thrown(e)), e);
    }
  }

  /**
   * Packages that hold classes or resources: a descriptor need not list those that it does not
   * export.
   */
  private static Set<String> packages(JarFile jar) {
    return jar.versionedStream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(".class") && name.indexOf('/') > 0)
        .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
        .filter(name -> !name.startsWith("META-INF"))
        .collect(Collectors.toSet());
  }

  private static void checkName(BundleModule module) throws BundleException {
    if (SDK.contains(module.name())) {
      throw new BundleException(
          "%s is the SDK itself; leave it out (scope 'provided' in Maven): the host brings %s"
              .formatted(module, SDK));
    }
    if (JDK.containsKey(module.name())) {
      throw new BundleException("%s has the name of a JDK module; rename it".formatted(module));
    }
  }

  private static void checkReads(Map<String, BundleModule> modules) throws BundleException {
    for (BundleModule module : modules.values()) {
      for (Requires read : module.descriptor().requires()) {
        String name = read.name();
        boolean known = JDK.containsKey(name) || SDK.contains(name) || modules.containsKey(name);
        boolean optional =
            read.modifiers().contains(Requires.Modifier.STATIC) && !name.startsWith(TENON);
        if (!known && !optional) {
          throw new BundleException(
              "%s requires %s, which is neither in the bundle nor part of the JDK or the SDK; accepted: the JDK's modules, %s, and the bundle's own %s"
                  .formatted(module, OneLine.quote(name), SDK, new TreeSet<>(modules.keySet())),
              READS_SDK_ONLY,
              null);
        }
      }
    }
  }

  private static void checkPackages(Collection<BundleModule> modules) throws BundleException {
    Map<String, String> owners = new HashMap<>();
    for (ModuleReference module : JDK.values()) {
      module
          .descriptor()
          .packages()
          .forEach(name -> owners.put(name, "the JDK's " + module.descriptor().name()));
    }
    SDK.forEach(name -> owners.put(name, "the SDK's " + name));
    for (BundleModule module : modules) {
      for (String name : module.descriptor().packages()) {
        String owner = owners.put(name, module.toString());
        if (owner != null) {
          throw new BundleException(
              "package %s is both in %s and in %s; a package belongs to one module: move or rename it"
                  .formatted(OneLine.quote(name), owner, module));
        }
      }
    }
  }

  private static void checkManifest(BundleManifest manifest, Map<String, BundleModule> modules)
      throws BundleException {
    for (String name : manifest.nativeAccess()) {
      if (!modules.containsKey(name)) {
        throw new BundleException(
            "tenon-bundle.json: nativeAccess: module '%s' is not in the bundle; accepted: %s"
                .formatted(name, new TreeSet<>(modules.keySet())));
      }
    }
    for (DeviceClass deviceClass : DeviceClass.values()) {
      checkProvided(manifest, deviceClass, modules.values());
    }
  }

  private static void checkProvided(
      BundleManifest manifest, DeviceClass deviceClass, Collection<BundleModule> modules)
      throws BundleException {
    String service = deviceClass.factory().getName();
    List<String> provided = new ArrayList<>();
    for (BundleModule module : modules) {
      for (ModuleDescriptor.Provides provides : module.descriptor().provides()) {
        if (provides.service().equals(service)) {
          provided.addAll(provides.providers());
        }
      }
    }
    long named =
        manifest.drivers().stream()
            .map(DriverEntry::deviceClass)
            .filter(deviceClass::equals)
            .count();
    if (provided.size() != named) {
      throw new BundleException(
          "tenon-bundle.json names %d driver(s) of class %s and the modules provide %d (%s); write 'provides %s with …' in module-info.java for each, and list each in the manifest"
              .formatted(
                  named,
                  deviceClass.name().toLowerCase(Locale.ROOT),
                  provided.size(),
                  OneLine.of(String.join(", ", provided)),
                  service));
    }
  }
}
