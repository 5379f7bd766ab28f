package org.tenon.hv.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.tenon.tck.hypervisor.ProbeImage;
import org.tenon.tck.hypervisor.ProbeLog;
import org.tenon.tck.hypervisor.ProbeLogException;
import org.tenon.tck.hypervisor.ProbedMachine;
import org.tenon.tck.hypervisor.ProbedMachine.Ending;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenon probe run}: starts a hypervisor with the probe, and judges what it reports. */
@Command(
    name = "run",
    header = "Start a hypervisor with the probe, and judge it.",
    description = {
      "",
      "COMMAND starts the hypervisor, with COM1 on its standard output; {} stands for the kernel"
          + " file. Give the machine disks that hold nothing of worth: the probe writes to them."
    },
    footer = {
      "",
      "Exit status: 0 every MUST clause is kept, 1 one is not, or the report breaks off.",
      "Examples:",
      "  tenon probe run --name tenon -- ./tenon run --kernel {} --rng seed=1",
      "  tenon probe run --name qemu -- qemu-system-x86_64 -M q35 -nographic -no-reboot -kernel {}"
    })
final class ProbeRunCommand implements Callable<Integer> {
  private static final String IMAGE = "{}";

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "Starts the hypervisor.")
  private List<String> command = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description = "After which it is ended (default: ${DEFAULT-VALUE}).")
  private int seconds = 120;

  @Mixin private ProbeVerdict verdict = new ProbeVerdict();

  ProbeRunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, AgainstSubjectException, InterruptedException {
    if (!command.contains(IMAGE)) {
      throw new InputException("the command has no {}, which stands for the kernel file");
    }
    if (seconds < 1) {
      throw new InputException("--seconds must be 1 or more");
    }
    Path folder = verdict.folder();
    Path image = folder.resolve("probe.elf");
    Path log = folder.resolve("probe.log");
    try {
      Files.createDirectories(folder);
      Files.write(image, ProbeImage.build());
      Instant started = Instant.now();
      Ending ending = run(image, log);
      ProbedMachine machine =
          new ProbedMachine(
              verdict.id(),
              "tenon probe run -- " + words(),
              new TreeMap<>(Map.of("command", words())),
              started,
              Duration.between(started, Instant.now()),
              ending);
      ProbeLog read = ProbeLog.parse(Files.readString(log, StandardCharsets.ISO_8859_1));
      return verdict.judge(read, machine, console);
    } catch (ProbeLogException e) {
      throw new AgainstSubjectException("%s: %s".formatted(log, e.getMessage()), e);
    } catch (IOException e) {
      throw new InputException(e.getMessage() + "; is the command right, and --out?", e);
    }
  }

  private String words() {
    return command.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }

  private Ending run(Path image, Path log) throws IOException, InterruptedException {
    List<String> line =
        command.stream().map(word -> word.equals(IMAGE) ? image.toString() : word).toList();
    Process process =
        new ProcessBuilder(line)
            .redirectOutput(log.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      process.getOutputStream().close();
      return process.waitFor(seconds, TimeUnit.SECONDS) ? Ending.TURNED_OFF : Ending.LEFT_ON;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }
}
