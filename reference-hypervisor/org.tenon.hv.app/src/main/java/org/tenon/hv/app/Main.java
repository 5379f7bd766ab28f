package org.tenon.hv.app;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tenon.hv.plugin.BundleException;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** Where the process begins. Maps every end to an {@link ExitStatus} and one line. */
public final class Main {
  private final Console console;

  Main(Console console) {
    this.console = console;
  }

  /**
   * Runs the command line and ends the process; threads that a hung driver left behind do not keep
   * it.
   */
  public static void main(String[] args) {
    quietLibraries();
    int status = new Main(Console.ofProcess()).run(args);
    System.out.flush();
    System.err.flush();
    System.exit(status);
  }

  /** Runs the command line. */
  int run(String... args) {
    return commandLine().execute(args);
  }

  /** All commands. */
  CommandLine commandLine() {
    CommandLine bundle =
        new CommandLine(new BundleCommand())
            .addSubcommand(new BundleCreateCommand(console))
            .addSubcommand(new BundleInspectCommand(console))
            .addSubcommand(new BundleVerifyCommand(console));
    CommandLine guest =
        new CommandLine(new GuestCommand())
            .addSubcommand(new GuestFetchCommand(console))
            .addSubcommand(new GuestBenchCommand(console));
    CommandLine probe =
        new CommandLine(new ProbeCommand())
            .addSubcommand(new ProbeImageCommand(console))
            .addSubcommand(new ProbeRunCommand(console))
            .addSubcommand(new ProbeJudgeCommand(console));
    CommandLine line =
        new CommandLine(new TenonCommand())
            .addSubcommand(new CertifyCommand(console))
            .addSubcommand(new BenchCommand(console))
            .addSubcommand(bundle)
            .addSubcommand(guest)
            .addSubcommand(new RunCommand(console))
            .addSubcommand(probe)
            .addSubcommand(new LabCommand(console));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    addStandardOptions(line);
    line.setOut(console.out());
    line.setErr(console.err());
    line.setColorScheme(Help.defaultColorScheme(console.colour() ? Ansi.ON : Ansi.OFF));
    line.setParameterExceptionHandler(this::usage);
    line.setExecutionExceptionHandler((fault, command, parsed) -> failure(fault));
    return line;
  }

  private static void addStandardOptions(CommandLine line) {
    line.getCommandSpec().mixinStandardHelpOptions(true).versionProvider(new Product());
    line.getSubcommands().values().forEach(Main::addStandardOptions);
  }

  private int usage(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
    console.complain("%s; see '%s --help'".formatted(message, command));
    return ExitStatus.BAD_INPUT;
  }

  private int failure(Throwable fault) {
    console.showLive(null);
    if (fault instanceof InputException || fault instanceof BundleException) {
      console.complain(String.valueOf(fault.getMessage()));
      return ExitStatus.BAD_INPUT;
    }
    if (fault instanceof AgainstSubjectException) {
      console.complain(String.valueOf(fault.getMessage()));
      return ExitStatus.AGAINST_SUBJECT;
    }
    String where =
        ErrorLog.write(fault)
            .map(file -> "details in " + file)
            .orElse("no log file could be written");
    console.complain(
        "our own fault, please report it: %s; %s"
            .formatted(fault.getClass().getSimpleName(), where));
    return ExitStatus.OUR_FAULT;
  }

  /** Warnings of libraries go to standard error, and nothing less than a warning. */
  private static void quietLibraries() {
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    for (Handler handler : root.getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        handler.setFormatter(new LogLine());
      }
    }
  }
}
