package org.tenon.hv.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.tenon.tck.hypervisor.ProbeLog;
import org.tenon.tck.hypervisor.ProbeLogException;
import org.tenon.tck.hypervisor.ProbedMachine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tenon probe judge}: from a serial log to a verdict. */
@Command(
    name = "judge",
    header = "Judge a serial log that the probe wrote.",
    footer = {
      "",
      "Exit status: 0 every MUST clause is kept, 1 one is not, 2 the log has no whole report.",
      "Example: tenon probe judge probe.log --name qemu"
    })
final class ProbeJudgeCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 64 << 20;

  private final Console console;

  @Parameters(paramLabel = "LOG", description = "What came out of COM1.")
  private Path log = Path.of("probe.log");

  @Mixin private ProbeVerdict verdict = new ProbeVerdict();

  ProbeJudgeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException {
    ProbedMachine machine =
        new ProbedMachine(
            verdict.id(),
            "tenon probe judge " + ShellWord.quote(log.toString()),
            new TreeMap<>(Map.of("log", String.valueOf(log.getFileName()))),
            Instant.now(),
            Duration.ZERO,
            ProbedMachine.Ending.UNKNOWN);
    try {
      if (Files.size(log) > MOST_BYTES) {
        throw new InputException(log + ": too long for a log of the probe");
      }
      ProbeLog read = ProbeLog.parse(Files.readString(log, StandardCharsets.ISO_8859_1));
      return verdict.judge(read, machine, console);
    } catch (ProbeLogException e) {
      throw new InputException("%s: %s".formatted(log, e.getMessage()), e);
    } catch (IOException e) {
      throw new InputException("cannot read %s: %s".formatted(log, e.getMessage()), e);
    }
  }
}
