package org.tenon.hv.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.hv.plugin.BundleManifest;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.hv.plugin.Provision;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.tck.block.BlockProfile;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;
import org.tenon.tck.block.subject.NbdStorage;
import org.tenon.tck.block.subject.Storage;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.run.Profile;
import org.tenon.tck.core.run.Subject;
import org.tenon.tck.device.DeviceProfile;
import org.tenon.tck.device.trial.DeviceSubject;

/**
 * The driver of a bundle that is to be certified, and the storage that it is given.
 *
 * @param loaded where it is
 * @param wanted its id; null where the bundle has only one
 * @param server the NBD server to use; null for the first that is installed
 * @param image a user's image; null for fresh storage
 */
record DriverChoice(
    LoadedBundle loaded,
    @Nullable String wanted,
    NbdServer.@Nullable Program server,
    @Nullable Path image) {
  /** What is tested of a driver of its class. */
  Profile profile() throws InputException {
    DriverEntry entry = entry();
    return switch (entry.deviceClass()) {
      case BLOCK -> BlockProfile.get();
      case DEVICE -> DeviceProfile.get();
      default ->
          throw new InputException(
              "%s: driver '%s' is of a class that has no profile yet"
                  .formatted(loaded.bundle().origin(), entry.id()));
    };
  }

  /** The subject, to be certified by that command. */
  Subject subject(String command) throws InputException {
    DriverEntry entry = entry();
    return loaded.factory(entry.id()).orElseThrow() instanceof DeviceDriverFactory device
        ? DeviceSubject.of(device, provision(entry).settings()).from(facts(entry), command)
        : blockSubject(entry, command);
  }

  private BundleFacts facts(DriverEntry entry) {
    BundleManifest manifest = loaded.bundle().manifest();
    return new BundleFacts(
        manifest.id(),
        manifest.version(),
        entry.id(),
        manifest.spi(),
        "sha256:" + loaded.bundle().digest(),
        List.of());
  }

  private BlockSubject blockSubject(DriverEntry entry, String command) throws InputException {
    BlockSubject.Builder subject =
        BlockSubject.of(factory(), storage(entry)).bundle(facts(entry)).command(command);
    if (image != null) {
      if (!Files.isRegularFile(image)) {
        throw new InputException(image + " is no file; give a raw image");
      }
      subject.image(image);
    }
    return subject.build();
  }

  /** Its factory. */
  BlockDriverFactory factory() throws InputException {
    DriverEntry entry = entry();
    if (loaded.factory(entry.id()).orElseThrow() instanceof BlockDriverFactory block) {
      return block;
    }
    throw new InputException(
        "%s: driver '%s' is no block driver".formatted(loaded.bundle().origin(), entry.id()));
  }

  /** How the suite would give it storage. */
  Storage storage() throws InputException {
    return storage(entry());
  }

  private DriverEntry entry() throws InputException {
    BundleManifest manifest = loaded.bundle().manifest();
    List<Identifier> ids = manifest.drivers().stream().map(DriverEntry::id).toList();
    if (wanted == null && ids.size() == 1) {
      return manifest.drivers().getFirst();
    }
    for (DriverEntry entry : manifest.drivers()) {
      if (entry.id().value().equals(wanted)) {
        return entry;
      }
    }
    throw new InputException(
        wanted == null
            ? "%s has several drivers; choose one with --driver: %s"
                .formatted(loaded.bundle().origin(), ids)
            : "%s has no driver '%s'; it has %s".formatted(loaded.bundle().origin(), wanted, ids));
  }

  private Provision provision(DriverEntry entry) throws InputException {
    return entry
        .certify()
        .orElseThrow(() ->
            new InputException(
                "%s: driver '%s' cannot be certified, because its manifest entry has no \"certify\"; add what it is given to work on (docs/how-to/bundle.md)"
                    .formatted(loaded.bundle().origin(), entry.id())));
  }

  private Storage storage(DriverEntry entry) throws InputException {
    if (!(provision(entry) instanceof Provision.Storage scratch)) {
      throw new InputException(
          "%s: driver '%s' is no block driver".formatted(loaded.bundle().origin(), entry.id()));
    }
    return switch (scratch.kind()) {
      case FILE -> new FileStorage(scratch.setting(), scratch.settings());
      case NBD -> new NbdStorage(scratch.setting(), scratch.settings(), installed());
    };
  }

  private NbdServer.Program installed() throws InputException {
    List<NbdServer.Program> candidates =
        server == null ? List.of(NbdServer.Program.values()) : List.of(server);
    return Stream.of(candidates)
        .flatMap(List::stream)
        .filter(program -> program.find().isPresent())
        .findFirst()
        .orElseThrow(() ->
            new InputException(
                "the driver's storage is an NBD server and none of %s is on PATH; install nbdkit or qemu-utils, or choose with --nbd-server"
                    .formatted(candidates)));
  }
}
