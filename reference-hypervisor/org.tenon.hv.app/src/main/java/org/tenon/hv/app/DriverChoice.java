package org.tenon.hv.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.hv.plugin.BundleManifest;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.hv.plugin.Provision;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.kit.testing.wire.LoopbackWiring;
import org.tenon.kit.testing.wire.PcapWiring;
import org.tenon.kit.testing.wire.TapWiring;
import org.tenon.kit.testing.wire.Wiring;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
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
import org.tenon.tck.net.NicProfile;
import org.tenon.tck.net.subject.NicSubject;
import org.tenon.tck.vswitch.SwitchProfile;
import org.tenon.tck.vswitch.trial.SwitchSubject;

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
      case NET -> NicProfile.get();
      case DEVICE -> DeviceProfile.get();
      case SWITCH -> SwitchProfile.get();
    };
  }

  /** The subject, to be certified by that command. */
  Subject subject(String command) throws InputException {
    DriverEntry entry = entry();
    return switch (loaded.factory(entry.id()).orElseThrow()) {
      case DeviceDriverFactory device ->
          DeviceSubject.of(device, provision(entry).settings()).from(facts(entry), command);
      case NicDriverFactory nic -> nicSubject(nic, entry, command);
      case SwitchExtensionFactory extension ->
          SwitchSubject.of(extension, provision(entry).settings()).from(facts(entry), command);
      default -> blockSubject(entry, command);
    };
  }

  private NicSubject nicSubject(NicDriverFactory nic, DriverEntry entry, String command)
      throws InputException {
    if (image != null || server != null) {
      throw new InputException(
          "driver '%s' is a NIC driver: leave out --image and --nbd-server".formatted(entry.id()));
    }
    return NicSubject.of(nic, wiring()).bundle(facts(entry)).command(command).build();
  }

  private Wiring wiring(DriverEntry entry, Provision.Wire wire) throws InputException {
    return switch (wire.kind()) {
      case LOOPBACK -> new LoopbackWiring(wire.settings());
      case TAP ->
          new TapWiring(
              key(entry, wire, "interface"), key(entry, wire, "namespace"), wire.settings());
      case PCAP ->
          new PcapWiring(key(entry, wire, "input"), key(entry, wire, "output"), wire.settings());
    };
  }

  /** The driver's configuration key that is given something. */
  private String key(DriverEntry entry, Provision.Wire wire, String role) throws InputException {
    return wire.roles().entrySet().stream()
        .filter(given -> given.getValue().equals(role))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() ->
            new InputException(
                "%s: driver '%s' lies on a %s, but no key in its \"given\" takes the %s"
                    .formatted(
                        loaded.bundle().origin(),
                        entry.id(),
                        wire.kind().name().toLowerCase(Locale.ROOT),
                        role)));
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

  /** Its factory, of whatever class. */
  DriverFactory driver() throws InputException {
    return loaded.factory(entry().id()).orElseThrow();
  }

  /** What the suite would set for it, but for storage and wires. */
  Map<String, String> settings() throws InputException {
    return provision(entry()).settings();
  }

  /** The wire that the suite would lay for a NIC driver. */
  Wiring wiring() throws InputException {
    DriverEntry entry = entry();
    if (!(provision(entry) instanceof Provision.Wire wire)) {
      throw new InputException(
          "%s: driver '%s' is no NIC driver".formatted(loaded.bundle().origin(), entry.id()));
    }
    return wiring(entry, wire);
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
