package org.tenon.hv.app.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What runs a guest: a command line that takes a kernel and writes the guest's serial console to
 * standard output.
 *
 * @param name as the report calls it
 * @param command without the guest
 * @param initrd the option that names an initial RAM disk
 * @param append the option that gives kernel parameters
 */
public record Contender(String name, List<String> command, String initrd, String append) {
  private static final String MAIN = "org.tenon.hv.app.Main";

  /** QEMU's translator with the machine and the processor that come closest to ours. */
  public static final String TCG = "qemu-tcg";

  /** The simulator as it is. */
  public static final String COMPILED = "compiled";

  /** The simulator that compiles nothing. */
  public static final String INTERPRETED = "interpreted";

  /** Copies the command. */
  public Contender {
    command = List.copyOf(command);
  }

  /** QEMU, if it is installed. */
  public static Optional<Contender> qemu() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(folder -> Path.of(folder).resolve("qemu-system-x86_64"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Contender::qemu);
  }

  private static Contender qemu(Path program) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of("-accel", "tcg", "-machine", "q35", "-cpu", "qemu64", "-smp", "1"));
    command.addAll(List.of("-m", "256", "-display", "none", "-serial", "stdio", "-no-reboot"));
    return new Contender(TCG, command, "-initrd", "-append");
  }

  /** The simulator, in a process like this one. */
  public static Contender simulator(boolean compiles) throws SpeedException {
    ProcessHandle.Info self = ProcessHandle.current().info();
    List<String> command = new ArrayList<>();
    command.add(
        self.command().orElseThrow(() -> new SpeedException("the JVM's own path is not known")));
    if (!compiles) {
      command.add("-Dtenon.sim.compileThreshold=0");
    }
    List<String> arguments = List.of(self.arguments().orElse(new String[0]));
    int main = arguments.indexOf(MAIN);
    if (main < 0) {
      throw new SpeedException("the JVM's own arguments are not known; start it by ./tenon");
    }
    arguments.subList(0, main + 1).stream()
        .filter(argument -> !argument.contains("terminal"))
        .forEach(command::add);
    command.addAll(List.of("run", "--engine", "sim", "--clock", "virtual", "--memory", "256M"));
    return new Contender(compiles ? COMPILED : INTERPRETED, command, "--initrd", "--append");
  }

  /** Starts it with a kernel and more options. */
  ConsoleReader start(Path kernel, List<String> options) throws SpeedException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(kernelOption(), kernel.toString()));
    line.addAll(options);
    try {
      return new ConsoleReader(
          new ProcessBuilder(line)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new SpeedException("%s does not start: %s".formatted(name, e.getMessage()), e);
    }
  }

  private String kernelOption() {
    return initrd.startsWith("--") ? "--kernel" : "-kernel";
  }
}
