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
import org.tenon.kit.bench.BenchException;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.BenchReport;
import org.tenon.kit.bench.BlockBench;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.tck.block.subject.Scratch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tenon bench}: how fast a driver is. */
@Command(
    name = "bench",
    header = "Measure a driver: operations, bytes and latency.",
    description = {
      "",
      "Measures on the storage that --set names. Without --set the driver is given fresh storage of"
          + " its own, as for certification, which is removed afterwards. What --set names is only"
          + " read, unless --overwrite permits more."
    },
    footer = {
      "",
      "Examples:",
      "  tenon bench samples/block-file --reads 70",
      "  tenon bench driver.tenon --set path=disk.img --depth 128 --block-size 64K"
    })
final class BenchCommand implements Callable<Integer> {
  private static final long SCRATCH_BYTES = 256L << 20;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})([KM]?)");

  private final Console console;

  @Mixin private SubjectArguments subject = new SubjectArguments();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the driver; may be given more than once.")
  private Map<String, String> settings = new HashMap<>();

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
      description = "Requests in flight on each queue; ${DEFAULT-VALUE}.")
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
      description = "How long to measure; ${DEFAULT-VALUE}.")
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
    BenchPlan plan = plan();
    try (ExitGuard guard = ExitGuard.watch(BundlePath.open(subject.path(), console), console)) {
      DriverChoice choice =
          new DriverChoice(BundlePath.load(guard.bundle()), subject.driver(), null, null);
      report(
          settings.isEmpty() ? onScratch(choice, plan) : measure(choice.factory(), settings, plan));
    }
    return ExitStatus.OK;
  }

  private BenchPlan plan() throws InputException {
    try {
      BenchPlan plan =
          BenchPlan.DEFAULT
              .withBlockSize(bytes(blockSize))
              .withDepth(depth)
              .withQueues(queues)
              .withPattern(sequential ? BenchPlan.Pattern.SEQUENTIAL : BenchPlan.Pattern.RANDOM)
              .lasting(Duration.ofSeconds(2), Duration.ofSeconds(seconds))
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

  private BenchReport onScratch(DriverChoice choice, BenchPlan plan)
      throws InputException, InterruptedException {
    try {
      Path folder = Files.createTempDirectory("tenon-bench-");
      try (Scratch scratch = choice.storage().create(folder, SCRATCH_BYTES)) {
        return measure(choice.factory(), scratch.direct().settings(), plan);
      } finally {
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new InputException(
          "no storage can be made for the driver (%s); name some with --set".formatted(e), e);
    }
  }

  private static BenchReport measure(
      BlockDriverFactory factory, Map<String, String> given, BenchPlan plan)
      throws InputException, InterruptedException {
    try {
      return BlockBench.run(factory, given, plan);
    } catch (DriverException | BenchException e) {
      throw new InputException("driver '%s': %s".formatted(factory.id(), e.getMessage()), e);
    }
  }

  private void report(BenchReport report) throws InputException {
    console.out().print(report.toText());
    console.out().flush();
    if (json != null) {
      try {
        Files.writeString(json, report.toJson());
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
