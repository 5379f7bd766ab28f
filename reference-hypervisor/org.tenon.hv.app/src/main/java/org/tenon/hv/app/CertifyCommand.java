package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestException;
import org.tenon.hv.app.guest.GuestFetch;
import org.tenon.hv.app.guest.GuestStore;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.LoadedBundle;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.tck.block.BlockProfile;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.report.ReportFolder;
import org.tenon.tck.core.run.Certification;
import org.tenon.tck.core.run.Profile;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.run.Subject;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.device.DeviceProfile;
import org.tenon.tck.net.NicProfile;
import org.tenon.tck.vswitch.SwitchProfile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tenon certify}: runs the compatibility suite on a driver and says what came out. */
@Command(
    name = "certify",
    header = "Certify a driver with the compatibility suite.",
    description = {
      "",
      "Runs every test of the profile up to the level, prints the verdict for each level and"
          + " clause, and writes a report: report.html to read, report.json and junit.xml for"
          + " tools. Each failure names the command that repeats it."
    },
    footer = {
      "",
      "Tiers: contract calls the driver itself, virtual-hardware drives a device's queues, guest"
          + " boots Linux with the driver as its disk, as virtio-blk and as NVMe, or as its network"
          + " card. A level is granted on the first two; guest adds to it, and takes minutes.",
      "Levels: L0 loadable, L1 functional, L2 robust, L3 durable; each includes those before it.",
      "Exit status: 0 the level was reached, 1 it was not, 2 wrong usage or input, 3 our own"
          + " fault.",
      "",
      "Examples:",
      "  tenon certify samples/block-file",
      "  tenon certify driver.tenon --level L1 --out report",
      "  tenon certify driver.tenon --tier guest",
      "  tenon certify samples/block-nbd --nbd-server qemu-nbd",
      "  tenon certify samples/nic-tap",
      "  tenon certify samples/pci-hello",
      "  tenon certify samples/switch-mirror"
    })
final class CertifyCommand implements Callable<Integer> {
  private static final List<String> PROFILES =
      List.of(
          BlockProfile.get().id().value(),
          NicProfile.get().id().value(),
          DeviceProfile.get().id().value(),
          SwitchProfile.get().id().value());

  private final Console console;

  @Mixin private SubjectArguments subject = new SubjectArguments();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "What is tested: block, net, device or switch; that of the driver's class if not given.")
  private @Nullable String profile;

  @Option(
      names = "--level",
      paramLabel = "L",
      defaultValue = "L3",
      description = "Up to which level; ${DEFAULT-VALUE} if not given.")
  private String level = "L3";

  @Option(
      names = "--tier",
      paramLabel = "T",
      split = ",",
      description =
          "Through which doors: contract, virtual-hardware, guest; may be given more than once. The"
              + " first two if not given, and all for --test.")
  private List<String> tiers = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where random choices come from; printed, so that a run can be repeated.")
  private @Nullable String seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report goes; tenon-report if not given.")
  private @Nullable Path out;

  @Option(
      names = "--nbd-server",
      paramLabel = "PROGRAM",
      description =
          "Which NBD server stands behind network drivers: nbdkit or qemu-nbd; the first found if"
              + " not given.")
  private @Nullable String nbdServer;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "Run the tests that keep data, and only those, on this raw image.")
  private @Nullable Path image;

  @Option(
      names = "--waivers",
      paramLabel = "FILE",
      description = "Excuse the clauses that this file waives; printed on the report.")
  private @Nullable Path waivers;

  @Option(
      names = "--test",
      paramLabel = "NAME",
      description = "Run this test only; may be given more than once.")
  private List<String> tests = List.of();

  CertifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, BundleException, AgainstSubjectException {
    if (profile != null && !PROFILES.contains(profile)) {
      throw new InputException(
          "no profile is called '%s'; there are %s"
              .formatted(profile, String.join(", ", PROFILES)));
    }
    RunOptions options = options();
    if (options.tiers().contains(Tier.GUEST) && tests.isEmpty()) {
      fetchGuest();
    }
    NbdServer.Program server = server();
    Path folder = checkedFolder();
    RunReport report;
    try (ExitGuard guard = ExitGuard.watch(BundlePath.open(subject.path(), console), console)) {
      LoadedBundle loaded = BundlePath.load(guard.bundle());
      DriverChoice choice = new DriverChoice(loaded, subject.driver(), server, image);
      Profile tested = profile(choice);
      Subject chosen = choice.subject(commandLine());
      report = RunLog.during(folder, () -> run(tested, chosen, options));
    } catch (IllegalArgumentException e) {
      if (tests.isEmpty()) {
        throw e;
      }
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    write(report, folder);
    return report.passed() ? ExitStatus.OK : ExitStatus.AGAINST_SUBJECT;
  }

  private Profile profile(DriverChoice choice) throws InputException {
    Profile ofDriver = choice.profile();
    if (profile != null && !profile.equals(ofDriver.id().value())) {
      throw new InputException(
          "--profile %s: the driver's profile is %s".formatted(profile, ofDriver.id()));
    }
    return ofDriver;
  }

  private RunReport run(Profile tested, Subject chosen, RunOptions options) {
    return new Certification().run(tested, chosen, options, new RunProgress(console));
  }

  private void write(RunReport report, Path folder) {
    try {
      Path page = ReportFolder.write(report, folder);
      new VerdictText(report, console).print();
      console.print("report   %s".formatted(page));
    } catch (IOException e) {
      throw new IllegalStateException("the report cannot be written to " + folder, e);
    }
  }

  private RunOptions options() throws InputException {
    try {
      Seed chosen = seed == null ? new Seed(new SecureRandom().nextLong()) : Seed.parse(seed);
      RunOptions options =
          RunOptions.of(Level.parse(level), chosen)
              .withTiers(chosenTiers())
              .withTests(new TreeSet<>(tests))
              .withWaivers(excused());
      return image == null ? options : options.keepingData();
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private SortedSet<Tier> chosenTiers() {
    if (tiers.isEmpty()) {
      return tests.isEmpty() ? Tier.BASE : new TreeSet<>(EnumSet.allOf(Tier.class));
    }
    return tiers.stream().map(Tier::parse).collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the guest tier boots, unless the user has it. */
  private void fetchGuest() throws InputException {
    GuestStore store = GuestStore.ofUser(DebianKernel.CLOUD);
    if (store.hasTools()) {
      return;
    }
    console.print("fetching a Linux for the guest tier, once");
    try {
      new GuestFetch(store, DebianKernel.CLOUD, line -> console.err().println(line))
          .fetch(Optional.empty(), Optional.empty());
    } catch (GuestException e) {
      throw new InputException("the guest tier needs a Linux: " + e.getMessage(), e);
    }
  }

  private Waivers excused() throws InputException {
    try {
      return waivers == null ? Waivers.none() : Waivers.read(waivers);
    } catch (NoSuchFileException e) {
      throw new InputException(waivers + ": there is no such file; give a waiver file", e);
    } catch (IOException e) {
      throw new InputException("%s: cannot be read (%s)".formatted(waivers, e), e);
    }
  }

  private NbdServer.@Nullable Program server() throws InputException {
    if (nbdServer == null) {
      return null;
    }
    for (NbdServer.Program program : NbdServer.Program.values()) {
      if (program.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(nbdServer)) {
        return program;
      }
    }
    throw new InputException(
        "'%s' is no NBD server that the suite can start; use nbdkit or qemu-nbd"
            .formatted(nbdServer));
  }

  /** Found out before the run, which takes a minute, and not after it. */
  private Path checkedFolder() throws InputException {
    Path folder =
        out == null ? Path.of(tests.isEmpty() ? "tenon-report" : "tenon-report/rerun") : out;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "%s: no report can be written there (%s); give another --out".formatted(folder, e), e);
    }
    if (!Files.isWritable(folder)) {
      throw new InputException(
          "%s: no report can be written there; give another --out".formatted(folder));
    }
    return folder;
  }

  /** What to type to certify the same again, without level, tests and seed. */
  private String commandLine() throws InputException {
    StringBuilder line =
        new StringBuilder(System.getProperty("tenon.command", "tenon")).append(" certify ");
    line.append(ShellWord.quote(subject.path().toString()));
    append(line, "--driver", subject.driver());
    append(line, "--nbd-server", nbdServer);
    append(line, "--image", image);
    append(line, "--waivers", waivers);
    return line.toString();
  }

  private static void append(StringBuilder line, String option, @Nullable Object value) {
    if (value != null) {
      line.append(' ').append(option).append(' ').append(ShellWord.quote(value.toString()));
    }
  }
}
