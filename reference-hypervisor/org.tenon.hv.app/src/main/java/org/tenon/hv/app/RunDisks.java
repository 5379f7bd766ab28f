package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.DeviceConfig;
import org.tenon.hv.machine.DiskConfig;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.device.DeviceDriverFactory;

/**
 * The disks and devices of a run, and the bundles their drivers come from, open until the run is
 * over.
 */
final class RunDisks implements AutoCloseable {
  private final List<ExitGuard> guards = new ArrayList<>();
  private final List<LoadedBundle> bundles = new ArrayList<>();
  private final List<DiskConfig> disks = new ArrayList<>();
  private final List<DeviceConfig> devices = new ArrayList<>();

  private RunDisks() {}

  /** Opens the bundles and finds each disk's driver in them. */
  static RunDisks open(List<Path> paths, List<String> options, Console console)
      throws InputException, BundleException, AgainstSubjectException {
    RunDisks opened = new RunDisks();
    try {
      for (Path path : paths) {
        ExitGuard guard = ExitGuard.watch(BundlePath.open(path, console), console);
        opened.guards.add(guard);
        opened.bundles.add(BundlePath.load(guard.bundle()));
      }
      for (String option : options) {
        opened.disks.add(opened.resolve(DiskOption.parse(option)));
      }
      return opened;
    } catch (InputException | BundleException | AgainstSubjectException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Finds each device's driver in the bundles. */
  void addDevices(List<String> options) throws InputException {
    for (String option : options) {
      KeyValues values = KeyValues.parse("--device", option, "driver=pci-hello,greeting=Hi");
      String driver = values.take("driver");
      if (driver == null) {
        throw values.wrong("which driver? add driver=ID");
      }
      DeviceDriverFactory factory = factory(DeviceDriverFactory.class, driver);
      try {
        devices.add(new DeviceConfig(factory, Config.of(factory.configKeys(), values.rest())));
      } catch (ConfigException e) {
        throw new InputException("--device driver=%s: %s".formatted(driver, e.getMessage()), e);
      }
    }
  }

  private DiskConfig resolve(DiskOption option) throws InputException {
    BlockDriverFactory factory = factory(BlockDriverFactory.class, option.driver());
    try {
      return new DiskConfig(
          option.model(), factory, Config.of(factory.configKeys(), option.settings()));
    } catch (ConfigException e) {
      throw new InputException(
          "--disk driver=%s: %s".formatted(option.driver(), e.getMessage()), e);
    }
  }

  private <F extends DriverFactory> F factory(Class<F> deviceClass, String id)
      throws InputException {
    List<F> all =
        bundles.stream().flatMap(bundle -> bundle.factories(deviceClass).stream()).toList();
    List<F> found = all.stream().filter(factory -> factory.id().value().equals(id)).toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<Identifier> known = all.stream().map(DriverFactory::id).toList();
    throw new InputException(
        found.isEmpty()
            ? "no bundle given has a driver '%s' (they have %s); name its bundle with --bundle"
                .formatted(id, known)
            : "several bundles have a driver '%s'; name one of them only".formatted(id));
  }

  /** Plugs every disk and device into a machine that has not run yet. */
  void plugInto(Machine machine) throws InputException {
    for (DiskConfig disk : disks) {
      try {
        machine.plug(disk);
      } catch (AttachException | IllegalArgumentException e) {
        throw new InputException(
            "--disk driver=%s: %s".formatted(disk.driver().id(), e.getMessage()), e);
      }
    }
    for (DeviceConfig device : devices) {
      try {
        machine.plug(device);
      } catch (AttachException | IllegalArgumentException e) {
        throw new InputException(
            "--device driver=%s: %s".formatted(device.driver().id(), e.getMessage()), e);
      }
    }
  }

  @Override
  public void close() {
    guards.reversed().forEach(ExitGuard::close);
  }
}
