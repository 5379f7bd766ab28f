package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tenon.api.Fault;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.kit.testing.guest.GuestHost;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.samples.blockfile.FileBlockDriverFactory;
import org.tenon.samples.blocknbd.NbdBlockDriverFactory;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.tck.block.BlockProfile;
import org.tenon.tck.core.guest.GuestScript;

/**
 * Two Linux versions fill a file system through virtio-blk and NVMe, on a file and on a real NBD
 * server, which is killed and started again while they write. What Linux was told is durable is
 * then looked for in the image, from outside, by Debian's e2fsprogs. The short form writes 24 MiB
 * in two of the eight ways; {@code -Dtenon.trial=full} writes 256 MiB in each.
 */
class LinuxTrialTest {
  /** What Linux 6.12 says of an AMD processor without frequency control, which is ours. */
  private static final String NO_FREQUENCY_CONTROL =
      "amd_pstate: the _CPC object is not present in SBIOS or ACPI disabled";

  private static final System.Logger LOG = System.getLogger("org.tenon.trial");
  private static final int DATA = 2 << 20;
  private static final int SHORT_FILES = 3;
  private static final int FULL_FILES = 8;
  private static final int SHORT_PIECES = 4;
  private static final int FULL_PIECES = 16;
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir static Path folder;

  /** What drives, as what, on what. */
  record Trial(DebianKernel kernel, GuestDisk.Model model, boolean nbd) {
    @Override
    public String toString() {
      return "%s, %s, %s".formatted(kernel.label(), model, nbd ? "block-nbd" : "block-file");
    }
  }

  static List<Trial> trials() {
    if (!Guests.isFull()) {
      return List.of(
          new Trial(DebianKernel.CLOUD, GuestDisk.Model.VIRTIO, false),
          new Trial(DebianKernel.CLOUD_6_12, GuestDisk.Model.NVME, true));
    }
    List<Trial> trials = new ArrayList<>();
    for (DebianKernel kernel : List.of(DebianKernel.CLOUD, DebianKernel.CLOUD_6_12)) {
      for (GuestDisk.Model model : GuestDisk.Model.values()) {
        trials.add(new Trial(kernel, model, false));
        trials.add(new Trial(kernel, model, true));
      }
    }
    return trials;
  }

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    Guests.fetch(folder, DebianKernel.CLOUD, DebianKernel.CLOUD_6_12);
  }

  @ParameterizedTest
  @MethodSource("trials")
  void whatWasDurableIsInTheImage(Trial trial) throws Exception {
    Path image = folder.resolve("disk-%d.img".formatted(trials().indexOf(trial)));
    Files.write(image, new byte[0]);
    int files = Guests.isFull() ? FULL_FILES : SHORT_FILES;
    int pieces = Guests.isFull() ? FULL_PIECES : SHORT_PIECES;
    BuiltCommand.tool(folder, "truncate", "-s", Guests.isFull() ? "512M" : "96M", image.toString());
    byte[] data = new byte[DATA];
    new Random(trial.hashCode()).nextBytes(data);
    long began = System.nanoTime();
    if (trial.nbd()) {
      try (NbdServer server = new NbdServer(NbdServer.Program.NBDKIT, image)) {
        String uri = "nbd+unix:///?socket=" + server.address().getPath();
        fill(trial, new NbdBlockDriverFactory(), Map.of("uri", uri), server, data, files, pieces);
      }
    } else {
      Map<String, String> settings = Map.of("path", image.toString());
      fill(trial, new FileBlockDriverFactory(), settings, null, data, files, pieces);
    }
    LOG.log(
        Level.INFO,
        "{0}: {1} MiB in {2} s",
        trial,
        files * pieces * (DATA >> 20),
        Duration.ofNanos(System.nanoTime() - began).toSeconds());
    judge(image, data, files, pieces);
    Files.delete(image);
  }

  private static void fill(
      Trial trial,
      BlockDriverFactory driver,
      Map<String, String> settings,
      NbdServer server,
      byte[] data,
      int files,
      int pieces)
      throws Exception {
    String serial;
    try (BlockHarness asked = BlockHarness.open(driver, settings)) {
      serial = asked.driver().identity().serial();
    }
    List<Fault> faults = new CopyOnWriteArrayList<>();
    GuestPlan plan =
        GuestScript.putInto(
                GuestPlan.with(
                    GuestDisk.of("disk", trial.model(), driver, settings).withFaults(faults::add)),
                "disk.sh",
                BlockProfile.class.getResourceAsStream("guest/disk.sh"))
            .withKernel(trial.kernel().label())
            .withFile("/tck/trial.sh", resource("trial.sh"))
            .withFile("/tck/data", data);
    GuestWork work =
        GuestWork.of(
                ". /tck/disk.sh; . /tck/trial.sh; fill %s %d %d".formatted(serial, files, pieces))
            .within(LIMIT);
    for (int file = 1; file <= files; file++) {
      work = work.at("writing-" + file, () -> restart(server));
    }
    try (Guest guest = GuestHost.find().orElseThrow().boot(plan)) {
      if (trial.model() == GuestDisk.Model.NVME) {
        // It writes to the disk, so it comes before the file system.
        GuestOutput logs =
            guest.perform(GuestWork.of(". /tck/disk.sh; nvme_logs %s 512".formatted(serial)));
        assertThat(logs.status()).as(String.join("\n", logs.lines())).isZero();
        assertThat(logs.value("sn")).contains(serial);
      }
      GuestOutput output = guest.perform(work);
      assertThat(output.status()).as(String.join("\n", output.lines())).isZero();
      List<String> sums = new ArrayList<>();
      for (int file = 1; file <= files; file++) {
        sums.add(digest("MD5", data, file, pieces));
      }
      assertThat(output.values("sum")).as("what Linux reads").isEqualTo(sums);
      GuestOutput log = guest.perform(GuestWork.of(". /tck/disk.sh; complaints"));
      assertThat(log.values("complaint")).as("dmesg").allMatch(NO_FREQUENCY_CONTROL::equals);
    }
    assertThat(faults).isEmpty();
  }

  /** As SIGKILL and a new start do; what the server had given to the kernel stays. */
  private static void restart(NbdServer server) {
    if (server != null) {
      try {
        server.kill();
        server.start();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void judge(Path image, byte[] data, int files, int pieces)
      throws IOException, InterruptedException {
    BuiltCommand.Ended fsck = BuiltCommand.tool(folder, "e2fsck", "-fn", image.toString());
    assertThat(fsck.status()).as(fsck.out()).isZero();
    for (int file = 1; file <= files; file++) {
      Path copy = folder.resolve("copy");
      BuiltCommand.tool(
          folder, "debugfs", "-R", "dump f%d %s".formatted(file, copy), image.toString());
      assertThat(digest("SHA-256", Files.readAllBytes(copy)))
          .as("file %d in the image", file)
          .isEqualTo(digest("SHA-256", data, file, pieces));
      Files.delete(copy);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = LinuxTrialTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  /** Of the content that {@code trial.sh} writes. */
  private static String digest(String algorithm, byte[] data, int file, int pieces) {
    MessageDigest digest = of(algorithm);
    digest.update("file %d\n".formatted(file).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < pieces; i++) {
      digest.update(data);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digest(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(of(algorithm).digest(bytes));
  }

  private static MessageDigest of(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
