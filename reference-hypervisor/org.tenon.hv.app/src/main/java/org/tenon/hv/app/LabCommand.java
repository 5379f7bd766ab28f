package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tenon.hv.app.run.EngineChoice;
import org.tenon.hv.machine.Outcome;
import org.tenon.hv.plugin.BundleException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenon lab}: several guests in one process, joined by virtual switches. */
@Command(
    name = "lab",
    header = "Run several guests joined by virtual switches, as a file describes them.",
    footer = {
      "",
      "Each line of a guest's console comes behind its name. The lab ends when the last guest"
          + " does;",
      "status 0 if all have powered off."
    })
final class LabCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "The lab, in YAML: docs/how-to/connect-guests.md.")
  private Path file = Path.of("lab.yaml");

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = EngineChoice.AUTO,
      description = "auto, sim or kvm (default: ${DEFAULT-VALUE}).")
  private String engine = "";

  @Option(
      names = "--statistics",
      description = "At the end, say on standard error what has passed each port.")
  private boolean statistics;

  LabCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call()
      throws InputException, BundleException, AgainstSubjectException, InterruptedException {
    LabFile lab = LabFile.read(file);
    Path folder = file.toAbsolutePath().getParent();
    List<Path> bundles =
        lab.bundles().stream()
            .map(bundle -> folder == null ? Path.of(bundle) : folder.resolve(bundle))
            .toList();
    try (RunDisks drivers = RunDisks.open(bundles, List.of(), List.of(), console);
        Lab built = new Lab(lab, drivers, engine, console)) {
      Map<String, Outcome> ended = built.run();
      if (statistics) {
        built.statistics().forEach(line -> console.err().println(line));
      }
      return status(ended);
    }
  }

  private int status(Map<String, Outcome> ended) {
    int status = ExitStatus.OK;
    for (Map.Entry<String, Outcome> guest : ended.entrySet()) {
      Outcome outcome = guest.getValue();
      if (outcome.kind() != Outcome.Kind.POWER_OFF) {
        console.complain(
            "guest %s ended otherwise than by powering off: %s %s"
                .formatted(guest.getKey(), outcome.kind(), outcome.detail()));
        status = ExitStatus.OUR_FAULT;
      }
    }
    return status;
  }
}
