package org.tenon.tck.block.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.kit.testing.guest.GuestHost;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.Peripheral;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.guest.GuestScript;
import org.tenon.tck.core.guest.GuestShare;
import org.tenon.tck.core.run.NotRun;

/**
 * A booted Linux whose disk the driver serves, and the storage behind it. Where the driver can be
 * told to leave its storage as it is there is a second disk, which is read-only.
 */
final class LinuxDisk implements GuestShare.Shared {
  /** Bytes of a disk. */
  static final long SIZE = 64L << 20;

  /** Random bytes that the guest has, in {@code /tck/data}. */
  static final int DATA = 2 << 20;

  /** The functions that the guest has. */
  static final String SCRIPT = "disk.sh";

  /** What the driver says of a storage when the kit asks it. */
  record Facts(BlockGeometry geometry, BlockIdentity identity, BlockAgreement agreement) {}

  private final Path folder;
  private final GuestDisk.Model model;
  private final byte[] data = new byte[DATA];
  private final List<Scratch> scratches = new ArrayList<>();
  private final List<Facts> facts = new ArrayList<>();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private @Nullable Guest guest;

  private LinuxDisk(BlockTrial trial, GuestDisk.Model model) {
    this.model = model;
    trial.runSeed().derive("LinuxDisk").random().nextBytes(data);
    try {
      folder = Files.createTempDirectory("tenon-guest-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Boots.
   *
   * @param trial the first test that works with it
   */
  static LinuxDisk boot(BlockTrial trial, GuestDisk.Model model) {
    GuestHost host =
        GuestHost.find()
            .orElseThrow(() ->
                new NotRun(
                    "no hypervisor provides "
                        + GuestHost.class.getName()
                        + " here; 'tenon certify --tier guest' brings one"));
    trial.evidence().note("guest", host.name());
    LinuxDisk disk = new LinuxDisk(trial, model);
    try {
      disk.start(trial, host);
      return disk;
    } catch (RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  private void start(BlockTrial trial, GuestHost host) {
    List<Peripheral> disks = new ArrayList<>();
    disks.add(peripheral(trial, "disk", Map.of()));
    if (hasReadOnly(trial.subject())) {
      disks.add(peripheral(trial, "read-only", Map.of(Trait.READ_ONLY_KEY, "true")));
    }
    try {
      guest =
          host.boot(
              GuestScript.putInto(
                  GuestPlan.with(disks.toArray(Peripheral[]::new)).withFile("/tck/data", data),
                  SCRIPT,
                  LinuxDisk.class.getResourceAsStream(SCRIPT)));
    } catch (GuestUnavailable e) {
      throw new NotRun(String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens as a guest's disk", "it refused: " + e.getMessage(), e);
    } catch (GuestLost e) {
      throw GuestScript.lost(trial, "Linux boots with the driver as its disk", e);
    }
  }

  private GuestDisk peripheral(BlockTrial trial, String name, Map<String, String> settings) {
    try {
      Scratch scratch = trial.subject().storage().create(folder, SIZE);
      scratches.add(scratch);
      Reach reach = scratch.direct().with(settings);
      facts.add(ask(trial, reach));
      return peripheral(trial, name, reach);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private GuestDisk peripheral(BlockTrial trial, String name, Reach reach) {
    return GuestDisk.of(name, model, trial.subject().factory(), reach.settings())
        .withFiles(reach.files())
        .withDeadlines(trial.subject().deadlines())
        .withFaults(faults::add);
  }

  private static boolean hasReadOnly(BlockSubject subject) {
    return subject.factory().configKeys().stream()
        .anyMatch(key -> key.name().equals(Trait.READ_ONLY_KEY));
  }

  private static Facts ask(BlockTrial trial, Reach reach) {
    Device direct = trial.open(reach);
    Facts facts =
        new Facts(direct.geometry(), direct.harness().driver().identity(), direct.agreement());
    direct.close();
    return facts;
  }

  /** As what Linux sees the disk. */
  GuestDisk.Model model() {
    return model;
  }

  /** The guest. */
  Guest guest() {
    return Objects.requireNonNull(guest, "the guest has not been booted");
  }

  /** The disk that is written. */
  Facts facts() {
    return facts.getFirst();
  }

  /** The disk that is not, if there is one. */
  Optional<Facts> readOnlyFacts() {
    return facts.stream().skip(1).findFirst();
  }

  /** Another disk on storage of the test's own, with what the kit was told of it. */
  record Further(GuestDisk peripheral, Facts facts, Scratch scratch) {}

  /** A disk that the test plugs in itself. */
  Further further(BlockTrial trial) {
    Scratch scratch = trial.scratch();
    Reach reach = scratch.direct();
    GuestDisk peripheral = peripheral(trial, "further", reach);
    return new Further(peripheral, ask(trial, reach), scratch);
  }

  /** What {@code /tck/data} holds. */
  byte[] data() {
    return data;
  }

  /** What the storage holds, seen from outside. */
  byte[] stored(long offset, int bytes) {
    return stored(scratches.getFirst(), offset, bytes);
  }

  /** What a storage holds, seen from outside. */
  static byte[] stored(Scratch scratch, long offset, int bytes) {
    try (FileChannel image = FileChannel.open(scratch.image())) {
      ByteBuffer read = ByteBuffer.allocate(bytes);
      int more = 0;
      while (read.hasRemaining() && more >= 0) {
        more = image.read(read, offset + read.position());
      }
      return read.array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hands the faults that the hypervisor has seen since the last time to the test at hand. */
  void reportTo(BlockTrial trial) {
    for (Fault fault = faults.poll(); fault != null; fault = faults.poll()) {
      trial.report(fault);
    }
  }

  @Override
  public void close() {
    if (guest != null) {
      guest.close();
    }
    scratches.forEach(Scratch::close);
    try {
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
