package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.plugin.BundleException;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.NetPlan;
import org.tenon.kit.bench.NullDisk;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.tck.block.subject.Scratch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenon bench}: how fast a driver is, and what the way to it costs. */
@Command(
    name = "bench",
    header = "Measure a driver, or the way to it: requests or packets a second.",
    description = {
      "",
      "A block driver is called by its SPI, and with --through by turns so and through a disk's"
          + " device model. A NIC driver is measured through a virtio-net card, an extension of the"
          + " virtual switch between two such cards. Without a SUBJECT --through measures the way"
          + " alone: a disk without storage, or a switch without extensions.",
      "",
      "Measures on what --set names. Without --set the driver is given fresh storage or a wire of"
          + " its own, as for certification, which is removed afterwards. Storage that --set names"
          + " is only read, unless --overwrite permits more."
    },
    footer = {
      "",
      "Examples:",
      "  tenon bench samples/block-file --reads 70",
      "  tenon bench driver.tenon --set path=disk.img --depth 128 --block-size 64K",
      "  tenon bench samples/block-file --through nvme",
      "  tenon bench --through switch --frame-size 1514"
    })
final class BenchCommand implements Callable<Integer> {
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final long SCRATCH_BYTES = 256L << 20;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})([KM]?)");

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "SUBJECT",
      description = "A bundle, an unpacked bundle's folder, or a Maven project that makes one.")
  private @Nullable Path path;

  @Option(
      names = "--driver",
      paramLabel = "ID",
      description = "Which driver, where the bundle has several.")
  private @Nullable String driver;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the driver; may be given more than once.")
  private Map<String, String> settings = new HashMap<>();

  @Option(
      names = "--through",
      paramLabel = "PATH",
      description =
          "What lies between: virtio or nvme for a disk, virtio for a NIC, switch for an extension"
              + " of the virtual switch.")
  private @Nullable BenchPathOption through;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often a disk is measured each way, with --through; ${DEFAULT-VALUE}.")
  private int rounds = 3;

  @Option(
      names = "--frame-size",
      paramLabel = "BYTES",
      defaultValue = "60",
      description = "The length of each frame, 60 to 1514; ${DEFAULT-VALUE}.")
  private int frameSize = NetPlan.SHORTEST;

  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      defaultValue = "4K",
      description = "The length of each request, such as 512, 4K or 1M; ${DEFAULT-VALUE}.")
  private String blockSize = "4K";

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "32",
      description = "Requests or frames in flight on each queue; ${DEFAULT-VALUE}.")
  private int depth = 32;

  @Option(
      names = "--queues",
      paramLabel = "N",
      defaultValue = "1",
      description = "Queues, each with a thread of its own; ${DEFAULT-VALUE}.")
  private int queues = 1;

  @Option(
      names = "--reads",
      paramLabel = "PERCENT",
      defaultValue = "100",
      description = "How many of 100 requests read; ${DEFAULT-VALUE}.")
  private int reads = 100;

  @Option(names = "--overwrite", description = "Permit writes to the storage that --set names.")
  private boolean overwrite;

  @Option(names = "--sequential", description = "From front to back, rather than anywhere.")
  private boolean sequential;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long to measure, each time; ${DEFAULT-VALUE}.")
  private int seconds = 5;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the random order and mix; ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the numbers there too, as JSON.")
  private @Nullable Path json;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call()
      throws InputException, BundleException, AgainstSubjectException, InterruptedException {
    if (rounds < 1) {
      throw new InputException("--rounds %d: measure once at least".formatted(rounds));
    }
    report(path == null ? withoutDriver() : withDriver(path));
    return ExitStatus.OK;
  }

  private BenchResult withoutDriver() throws InputException, InterruptedException {
    if (through == null) {
      throw new InputException(
          "which driver? name a bundle, a folder or a project; or measure without one, --through"
              + " virtio, nvme or switch");
    }
    return through == BenchPathOption.SWITCH
        ? network().measureSwitch(null, Map.of())
        : disk().measure(new NullDisk(), Map.of());
  }

  private BenchResult withDriver(Path subject)
      throws InputException, BundleException, AgainstSubjectException, InterruptedException {
    try (ExitGuard guard = ExitGuard.watch(BundlePath.open(subject, console), console)) {
      return measure(new DriverChoice(BundlePath.load(guard.bundle()), driver, null, null));
    }
  }

  private BenchResult measure(DriverChoice choice) throws InputException, InterruptedException {
    return switch (choice.driver()) {
      case BlockDriverFactory block ->
          settings.isEmpty() ? onScratch(choice, disk()) : disk().measure(block, settings);
      case NicDriverFactory nic -> {
        expect(BenchPathOption.VIRTIO, "a NIC driver");
        yield settings.isEmpty() ? onWire(choice, nic) : network().measure(nic, settings);
      }
      case SwitchExtensionFactory extension -> {
        expect(BenchPathOption.SWITCH, "an extension of the virtual switch");
        yield network().measureSwitch(extension, settings.isEmpty() ? choice.settings() : settings);
      }
      default ->
          throw new InputException(
              "driver '%s' is of a class that cannot be measured; a bench takes disks, NICs and"
                      .formatted(choice.driver().id())
                  + " extensions of the virtual switch");
    };
  }

  private void expect(BenchPathOption only, String what) throws InputException {
    if (through != null && through != only) {
      throw new InputException(
          "--through %s: %s is measured through %s".formatted(through, what, only));
    }
  }

  private DiskBench disk() throws InputException {
    return new DiskBench(plan(), through, rounds);
  }

  private NetworkBench network() throws InputException {
    try {
      return new NetworkBench(
          NetPlan.DEFAULT
              .withFrameBytes(frameSize)
              .withDepth(depth)
              .lasting(WARM_UP, Duration.ofSeconds(seconds)));
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private BenchPlan plan() throws InputException {
    try {
      BenchPlan plan =
          BenchPlan.DEFAULT
              .withBlockSize(bytes(blockSize))
              .withDepth(depth)
              .withQueues(queues)
              .withPattern(sequential ? BenchPlan.Pattern.SEQUENTIAL : BenchPlan.Pattern.RANDOM)
              .lasting(WARM_UP, Duration.ofSeconds(seconds))
              .withSeed(seed);
      if (reads < 100 && !overwrite && !settings.isEmpty()) {
        throw new InputException(
            "writes would destroy what the storage holds; add --overwrite, or measure with --reads"
                + " 100");
      }
      return reads == 100 ? plan : plan.overwriting(reads);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BenchResult onScratch(DriverChoice choice, DiskBench bench)
      throws InputException, InterruptedException {
    try {
      Path folder = Files.createTempDirectory("tenon-bench-");
      try (Scratch scratch = choice.storage().create(folder, SCRATCH_BYTES)) {
        return bench.measure(choice.factory(), scratch.direct().settings());
      } finally {
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new InputException(
          "no storage can be made for the driver (%s); name some with --set".formatted(e), e);
    }
  }

  private BenchResult onWire(DriverChoice choice, NicDriverFactory nic) throws InputException {
    try {
      Path folder = Files.createTempDirectory("tenon-bench-");
      try (Wire wire = choice.wiring().lay(folder)) {
        return network().measure(nic, wire.settings());
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new InputException(
          "no wire can be laid for the driver (%s); say where it is with --set".formatted(e), e);
    }
  }

  private void report(BenchResult result) throws InputException {
    console.out().print(result.text());
    console.out().flush();
    if (json != null) {
      try {
        Files.writeString(json, result.json());
      } catch (IOException e) {
        throw new InputException(
            "%s cannot be written (%s); give another --json".formatted(json, e), e);
      }
    }
  }

  private static int bytes(String text) throws InputException {
    Matcher parts = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new InputException(
          "'%s' is no block size; write bytes, or a number with K or M, such as 4K"
              .formatted(text));
    }
    int shift = parts.group(2).isEmpty() ? 0 : parts.group(2).equals("K") ? 10 : 20;
    return Math.toIntExact(Math.min(Long.parseLong(parts.group(1)) << shift, 1L << 30));
  }
}
