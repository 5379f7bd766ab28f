package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;
import org.tenon.hv.app.speed.Contender;
import org.tenon.hv.app.speed.KernelImage;
import org.tenon.hv.app.speed.SpeedBench;
import org.tenon.hv.app.speed.SpeedBench.Rounds;
import org.tenon.hv.app.speed.SpeedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tenon guest bench}: the simulator's speed, side by side with QEMU's translator. */
@Command(
    name = "bench",
    header = "Measure the simulator: compute kernels and a boot, side by side with QEMU's TCG.",
    description = {
      "",
      "Compiles small bare-metal programs with gcc and runs them on the simulator, on the simulator"
          + " without its compiler and on qemu-system-x86_64 where it is installed; then boots the"
          + " guest that 'tenon guest fetch' got."
    },
    footer = {"", "Example: tenon guest bench --rounds 5 --boots 3"})
final class GuestBenchCommand implements Callable<Integer> {
  private static final String FIRST_LINE_OF_INIT = "tenon-guest: up";

  private final Console console;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each kernel runs; ${DEFAULT-VALUE}. 0 leaves the kernels out.")
  private int rounds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds before those, which do not count; ${DEFAULT-VALUE}.")
  private int warmUp = 3;

  @Option(
      names = "--boots",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often the guest boots; ${DEFAULT-VALUE}. 0 leaves the boot out.")
  private int boots = 3;

  GuestBenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, IOException {
    if (rounds < 0 || boots < 0 || warmUp < 0) {
      throw new InputException("--rounds, --warm-up and --boots must not be negative");
    }
    try {
      Optional<Contender> qemu = Contender.qemu();
      if (qemu.isEmpty()) {
        console.err().println("qemu-system-x86_64 is not on PATH: no comparison with it");
      }
      if (rounds > 0) {
        kernels(qemu);
      }
      if (boots > 0) {
        boot(qemu);
      }
      return ExitStatus.OK;
    } catch (SpeedException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private void kernels(Optional<Contender> qemu) throws SpeedException, IOException {
    Path folder = Files.createTempDirectory("tenon-kernels-");
    try {
      Path image = KernelImage.build(folder, warmUp + rounds);
      Map<String, Map<String, Rounds>> all = new LinkedHashMap<>();
      for (Contender each :
          Stream.concat(qemu.stream(), Stream.of(Contender.simulator(true))).toList()) {
        console.err().println("kernels on " + each.name() + " …");
        all.put(each.name(), SpeedBench.kernels(each, image, warmUp));
      }
      Contender slow = Contender.simulator(false);
      console.err().println("kernels on " + slow.name() + ", one round …");
      all.put(slow.name(), SpeedBench.kernels(slow, KernelImage.build(folder, 1), 0));
      report(all);
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /**
   * One line a kernel: median seconds of each, and how fast compiled code is against the others.
   */
  private void report(Map<String, Map<String, Rounds>> all) throws SpeedException {
    Map<String, Rounds> compiled = all.getOrDefault(Contender.COMPILED, Map.of());
    Map<String, Rounds> interpreted = all.getOrDefault(Contender.INTERPRETED, Map.of());
    @Nullable Map<String, Rounds> tcg = all.get(Contender.TCG);
    console.print(
        String.format(
            Locale.ROOT,
            "%-12s %10s %10s %12s %10s %10s",
            "kernel",
            "tcg s",
            "compiled s",
            "interpreted s",
            "to int.",
            "to tcg"));
    double logToTcg = 0;
    double logToInterpreter = 0;
    for (Map.Entry<String, Rounds> each : compiled.entrySet()) {
      String name = each.getKey();
      double seconds = each.getValue().median();
      double slow = checked(interpreted, each, Contender.INTERPRETED).median();
      logToInterpreter += Math.log(slow / seconds);
      String other = "-";
      String ratio = "-";
      if (tcg != null) {
        double theirs = checked(tcg, each, Contender.TCG).median();
        logToTcg += Math.log(theirs / seconds);
        other = "%.3f".formatted(theirs);
        ratio = "%.2f".formatted(theirs / seconds);
      }
      console.print(
          String.format(
              Locale.ROOT,
              "%-12s %10s %10.3f %12.3f %10.2f %10s",
              name,
              other,
              seconds,
              slow,
              slow / seconds,
              ratio));
    }
    int n = compiled.size();
    console.print(
        String.format(
            Locale.ROOT,
            "%-12s %10s %10s %12s %10.2f %10s",
            "geom. mean",
            "",
            "",
            "",
            Math.exp(logToInterpreter / n),
            tcg == null ? "-" : "%.2f".formatted(Math.exp(logToTcg / n))));
  }

  private static Rounds checked(
      Map<String, Rounds> others, Map.Entry<String, Rounds> compiled, String who)
      throws SpeedException {
    Rounds other = others.get(compiled.getKey());
    if (other == null || !other.checksum().equals(compiled.getValue().checksum())) {
      throw new SpeedException(
          "%s: the simulator and %s compute different results".formatted(compiled.getKey(), who));
    }
    return other;
  }

  private void boot(Optional<Contender> qemu) throws SpeedException, InputException {
    GuestStore store = GuestStore.ofUser(DebianKernel.CLOUD);
    if (!store.isComplete()) {
      throw new InputException(
          "no guest to boot; run 'tenon guest fetch' first, or give --boots 0");
    }
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    Contender simulator = Contender.simulator(true);
    for (int k = 0; k < boots; k++) {
      console.err().println("boot %d of %d …".formatted(k + 1, boots));
      ours.add(SpeedBench.boot(simulator, store.kernel(), store.initramfs(), FIRST_LINE_OF_INIT));
      if (qemu.isPresent()) {
        theirs.add(
            SpeedBench.boot(qemu.get(), store.kernel(), store.initramfs(), FIRST_LINE_OF_INIT));
      }
    }
    console.print(
        String.format(
            Locale.ROOT, "boot to the first line of /init: %.2f s", SpeedBench.median(ours)));
    if (!theirs.isEmpty()) {
      console.print(
          String.format(
              Locale.ROOT,
              "the same on QEMU's TCG: %.2f s; ratio %.2f",
              SpeedBench.median(theirs),
              SpeedBench.median(ours) / SpeedBench.median(theirs)));
    }
  }
}
