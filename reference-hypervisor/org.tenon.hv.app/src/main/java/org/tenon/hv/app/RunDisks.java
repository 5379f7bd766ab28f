package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.DeviceConfig;
import org.tenon.hv.machine.DeviceKind;
import org.tenon.hv.machine.DiskConfig;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.NicConfig;
import org.tenon.hv.machine.SlotKind;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.net.NicDriverFactory;

/**
 * The disks, network cards and PCI functions of a run, and the bundles their drivers come from,
 * open until the run is over.
 */
final class RunDisks implements AutoCloseable {
  private final List<ExitGuard> guards = new ArrayList<>();
  private final List<LoadedBundle> bundles = new ArrayList<>();
  private final List<PlannedDevice> disks = new ArrayList<>();
  private final List<PlannedDevice> nics = new ArrayList<>();
  private final List<PlannedDevice> devices = new ArrayList<>();

  private RunDisks() {}

  /** Opens the bundles and finds each device's driver in them. */
  static RunDisks open(
      List<Path> paths, List<String> diskOptions, List<String> nicOptions, Console console)
      throws InputException, BundleException, AgainstSubjectException {
    RunDisks opened = new RunDisks();
    try {
      for (Path path : paths) {
        ExitGuard guard = ExitGuard.watch(BundlePath.open(path, console), console);
        opened.guards.add(guard);
        opened.bundles.add(BundlePath.load(guard.bundle()));
      }
      for (String option : diskOptions) {
        DiskOption parsed = DiskOption.parse(option);
        opened.disks.add(planned(opened.resolve(parsed), parsed.slot()));
      }
      for (String option : nicOptions) {
        opened.nics.add(planned(opened.resolve(NicOption.parse(option))));
      }
      return opened;
    } catch (InputException | BundleException | AgainstSubjectException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Finds each PCI function's driver in the bundles. */
  void addDevices(List<String> options) throws InputException {
    for (String option : options) {
      DeviceOption parsed = DeviceOption.parse(option);
      devices.add(planned(resolve(parsed), parsed.slot()));
    }
  }

  /** Finds the driver of a PCI function, and reads its settings. */
  DeviceConfig resolve(DeviceOption option) throws InputException {
    DeviceDriverFactory factory = factory(DeviceDriverFactory.class, option.driver());
    try {
      return new DeviceConfig(
          factory, option.offer(), Config.of(factory.configKeys(), option.settings()));
    } catch (ConfigException e) {
      throw new InputException(
          "--device driver=%s: %s".formatted(option.driver(), e.getMessage()), e);
    }
  }

  /** Finds the driver of a disk, and reads its settings. */
  DiskConfig resolve(DiskOption option) throws InputException {
    BlockDriverFactory factory = factory(BlockDriverFactory.class, option.driver());
    try {
      return new DiskConfig(
          option.model(), factory, Config.of(factory.configKeys(), option.settings()));
    } catch (ConfigException e) {
      throw new InputException(
          "--disk driver=%s: %s".formatted(option.driver(), e.getMessage()), e);
    }
  }

  /** Finds the driver of a network card, and reads its settings. */
  NicConfig resolve(NicOption option) throws InputException {
    NicDriverFactory factory = factory(NicDriverFactory.class, option.driver());
    try {
      return new NicConfig(
          factory,
          Config.of(factory.configKeys(), option.settings()),
          option.address(),
          option.queuePairs());
    } catch (ConfigException e) {
      throw new InputException("--nic driver=%s: %s".formatted(option.driver(), e.getMessage()), e);
    }
  }

  /** The factory of that kind with that id. */
  <F extends DriverFactory> F factory(Class<F> kind, String id) throws InputException {
    List<F> all = bundles.stream().flatMap(bundle -> bundle.factories(kind).stream()).toList();
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

  /** All of them, to be plugged in. */
  List<PlannedDevice> planned() {
    List<PlannedDevice> all = new ArrayList<>(disks);
    all.addAll(nics);
    all.addAll(devices);
    return all;
  }

  private static PlannedDevice planned(DiskConfig disk, SlotKind slot) {
    return planned(DeviceKind.DISK, "--disk", disk.driver(), machine -> machine.plug(disk, slot));
  }

  private static PlannedDevice planned(NicConfig nic) {
    return planned(DeviceKind.NIC, "--nic", nic.driver(), machine -> machine.plug(nic));
  }

  private static PlannedDevice planned(DeviceConfig device, SlotKind slot) {
    return planned(
        DeviceKind.FUNCTION, "--device", device.driver(), machine -> machine.plug(device, slot));
  }

  /** Plugs a device in, and answers with its name. */
  private interface Attaching {
    String into(Machine machine) throws AttachException;
  }

  private static PlannedDevice planned(
      DeviceKind kind, String option, DriverFactory driver, Attaching attaching) {
    return new PlannedDevice(
        kind,
        machine -> {
          try {
            String _ = attaching.into(machine);
          } catch (AttachException | IllegalArgumentException e) {
            throw new InputException(
                "%s driver=%s: %s".formatted(option, driver.id(), e.getMessage()), e);
          }
        });
  }

  @Override
  public void close() {
    guards.reversed().forEach(ExitGuard::close);
  }
}
