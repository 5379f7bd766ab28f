package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.DiskConfig;
import org.tenon.hv.machine.DiskPlace;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.block.BlockDriverFactory;

/** The disks of a run, and the bundles their drivers come from, open until the run is over. */
final class RunDisks implements AutoCloseable {
  private final List<ExitGuard> guards = new ArrayList<>();
  private final List<LoadedBundle> bundles = new ArrayList<>();
  private final List<Planned> disks = new ArrayList<>();

  private record Planned(DiskConfig disk, DiskPlace place) {}

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
        DiskOption parsed = DiskOption.parse(option);
        opened.disks.add(new Planned(opened.resolve(parsed), parsed.place()));
      }
      return opened;
    } catch (InputException | BundleException | AgainstSubjectException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Finds the driver of a disk, and reads its settings. */
  DiskConfig resolve(DiskOption option) throws InputException {
    BlockDriverFactory factory = factory(option.driver());
    try {
      return new DiskConfig(
          option.model(), factory, Config.of(factory.configKeys(), option.settings()));
    } catch (ConfigException e) {
      throw new InputException(
          "--disk driver=%s: %s".formatted(option.driver(), e.getMessage()), e);
    }
  }

  private BlockDriverFactory factory(String id) throws InputException {
    List<BlockDriverFactory> all =
        bundles.stream()
            .flatMap(bundle -> bundle.factories(BlockDriverFactory.class).stream())
            .toList();
    List<BlockDriverFactory> found =
        all.stream().filter(factory -> factory.id().value().equals(id)).toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<Identifier> known = all.stream().map(BlockDriverFactory::id).toList();
    throw new InputException(
        found.isEmpty()
            ? "no bundle given has a driver '%s' (they have %s); name its bundle with --bundle"
                .formatted(id, known)
            : "several bundles have a driver '%s'; name one of them only".formatted(id));
  }

  /** Plugs every disk into a machine that has not run yet. */
  void plugInto(Machine machine) throws InputException {
    for (Planned planned : disks) {
      DiskConfig disk = planned.disk();
      try {
        machine.plug(disk, planned.place());
      } catch (AttachException | IllegalArgumentException e) {
        throw new InputException(
            "--disk driver=%s: %s".formatted(disk.driver().id(), e.getMessage()), e);
      }
    }
  }

  @Override
  public void close() {
    guards.reversed().forEach(ExitGuard::close);
  }
}
