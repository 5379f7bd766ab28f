package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;

/**
 * Unmodified Debian kernels on the simulator, started as a user starts them: busybox works, the
 * kernel complains about nothing, and the machine powers off. The cloud kernel is fetched where it
 * is missing; where that fails, a line says why nothing was tried. {@code -Dtenon.trial=full} adds
 * the standard kernel, and that two runs, interpreted and compiled, are the same to the byte.
 */
class DebianTrialEndToEnd {
  private static final System.Logger LOG = System.getLogger("org.tenon.trial");

  /** Up to 31 words: the kernel has its own bound for what it passes to init. */
  private static final String WORK =
      "seq 2000|sort -r|sha256sum;"
          + "gzip -c /bin/busybox|gunzip|cmp - /bin/busybox&&echo gzip-works;"
          + "awk -vOFMT=%.12f 'BEGIN{for(i=1;i<2001;i++)s+=1/i/i;print s}';"
          + "(for i in $(seq 200);do (echo $i)& done;wait)|wc -l;"
          + "dmesg -r|grep '^<[0-4]>'|sed s/^/complaint:/;true";

  @TempDir static Path tree;
  private static LauncherHome tenon;

  record Trial(DebianKernel kernel, int processors) {}

  private static boolean isFull() {
    return System.getProperty("tenon.trial", "").equals("full");
  }

  static List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (DebianKernel kernel : DebianKernel.values()) {
      if (kernel == DebianKernel.CLOUD || isFull()) {
        for (int processors : new int[] {1, 2, 4}) {
          trials.add(new Trial(kernel, processors));
        }
      }
    }
    return trials;
  }

  @BeforeAll
  static void build() throws IOException {
    tenon = new LauncherHome(tree);
    LauncherHome.Ended ended = tenon.run("--version");
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  private static void fetch(DebianKernel kernel) throws IOException {
    if (!GuestStore.ofUser(kernel).isComplete()) {
      LauncherHome.Ended ended =
          end(tenon.start(Map.of(), "guest", "fetch", "--kernel", kernel.label()));
      if (ended.status() != 0) {
        String why = "Debian's " + kernel.label() + " kernel is not tried: " + ended.err().strip();
        LOG.log(Level.WARNING, why);
        Assumptions.abort(why);
      }
    }
  }

  private static LauncherHome.Ended end(LauncherHome.Running running) throws IOException {
    try {
      assertThat(running.process().waitFor(15, TimeUnit.MINUTES)).isTrue();
      return running.end();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static LauncherHome.Ended run(Trial trial, String engineOptions) throws IOException {
    return end(
        tenon.start(
            Map.of("TENON_JAVA_OPTS", engineOptions),
            "run",
            "--kernel",
            trial.kernel().label(),
            "--cpus",
            String.valueOf(trial.processors()),
            "--statistics",
            "--append",
            "console=ttyS0 panic=-1 oops=panic tenon.exec=" + WORK));
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String sortedNumbers() {
    return IntStream.rangeClosed(1, 2000)
        .mapToObj(String::valueOf)
        .sorted(Comparator.reverseOrder())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String sumOfInverseSquares() {
    double sum = 0;
    for (int i = 1; i < 2001; i++) {
      sum += 1.0 / i / i;
    }
    return String.format(Locale.ROOT, "%.12f", sum);
  }

  @ParameterizedTest
  @MethodSource("trials")
  void worksAndPowersOff(Trial trial) throws IOException {
    fetch(trial.kernel());
    LauncherHome.Ended ended = run(trial, "");
    String printed = ended.out().replace("\r", "");
    assertThat(printed)
        .contains("tenon-guest: up, %d processor(s)".formatted(trial.processors()))
        .contains(sha256(sortedNumbers()) + "  -\n")
        .contains("\ngzip-works\n")
        .contains("\n" + sumOfInverseSquares() + "\n")
        .contains("\n200\n")
        .contains("tenon-guest: exit 0")
        .contains("clocksource: Switched to clocksource tsc\n");
    assertThat(printed.lines().filter(line -> line.startsWith("complaint:"))).isEmpty();
    assertThat(ended.status()).as(ended.err()).isZero();
    if (isFull()) {
      LauncherHome.Ended again = run(trial, "-Dtenon.sim.compileThreshold=0");
      assertThat(again.out()).as("interpreted").isEqualTo(ended.out());
      assertThat(instructions(again)).isEqualTo(instructions(ended));
    }
  }

  private static String instructions(LauncherHome.Ended ended) {
    return ended.err().substring(0, ended.err().indexOf(" instructions"));
  }
}
