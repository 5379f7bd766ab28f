package org.tenon.tck.block.durability;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * A {@link Victim} in a process of its own. It starts early and waits to be told what to do. For
 * one thread.
 */
final class VictimProcess implements AutoCloseable {
  private static final String END = "\0end";

  private final BlockDriverFactory factory;
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private VictimProcess(BlockDriverFactory factory, Process process) {
    this.factory = factory;
    this.process = process;
  }

  /**
   * Starts a process that can load the driver.
   *
   * @throws IOException if no Java process can be started
   */
  static VictimProcess start(BlockDriverFactory factory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx128m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    System.getProperties()
        .forEach((name, value) -> {
          if (name.toString().startsWith("tenon.")) {
            command.add("-D" + name + "=" + value);
          }
        });
    command.addAll(List.of("-cp", classPath(factory), Victim.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    VictimProcess victim = new VictimProcess(factory, process);
    Thread.ofVirtual().name("victim-output").start(victim::listen);
    return victim;
  }

  /** Where this process and the driver have their classes. */
  private static String classPath(BlockDriverFactory factory) {
    Set<String> entries = new LinkedHashSet<>();
    ModuleLayer layer = factory.getClass().getModule().getLayer();
    if (layer != null) {
      layer.configuration().modules().stream()
          .flatMap(module -> module.reference().location().stream())
          .flatMap(location -> fileOf(location).stream())
          .forEach(entries::add);
    }
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      String path = System.getProperty(property, "");
      Stream.of(path.split(File.pathSeparator, -1))
          .filter(entry -> !entry.isEmpty())
          .flatMap(VictimProcess::jars)
          .forEach(entries::add);
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Optional<String> fileOf(URI location) {
    try {
      return Optional.of(Path.of(location).toString());
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      return Optional.empty(); // part of the run-time image, which the other process has as well
    }
  }

  /** An entry of a module path may be a folder of jars. */
  private static Stream<String> jars(String entry) {
    Path folder = Path.of(entry);
    if (!Files.isDirectory(folder) || Files.exists(folder.resolve("module-info.class"))) {
      return Stream.of(entry);
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> jars = files.map(Path::toString).filter(name -> name.endsWith(".jar")).toList();
      return jars.isEmpty() ? Stream.of(entry) : jars.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets it begin.
   *
   * @param stall the number of the access to the storage, from 0, at which it waits for its end
   */
  void go(Map<String, String> settings, long seed, int stall) throws IOException {
    StringBuilder order = new StringBuilder();
    order.append("factory ").append(factory.getClass().getName()).append('\n');
    order.append("workload ").append(seed).append("\nstall ").append(stall).append('\n');
    settings.forEach(
        (key, value) -> order.append("set ").append(key).append(' ').append(value).append('\n'));
    order.append("go\n");
    process.outputWriter().append(order).flush();
  }

  /** What it says next; empty if it has ended or says nothing within the time. */
  Optional<String> next(long millis) throws InterruptedException {
    String line = lines.poll(millis, TimeUnit.MILLISECONDS);
    return Optional.ofNullable(line).filter(said -> !said.equals(END));
  }

  /**
   * Kills it, as SIGKILL does, waits until it is gone, and gives what it had said and nobody had
   * read.
   */
  List<String> kill() {
    process.destroyForcibly();
    process.onExit().join();
    List<String> said = new ArrayList<>();
    try {
      for (String line = lines.take(); !line.equals(END); line = lines.take()) {
        said.add(line);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return said;
  }

  private void listen() {
    try (BufferedReader reader = process.inputReader()) {
      reader.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(VictimProcess.class.getName())
          .log(System.Logger.Level.DEBUG, "the process was killed", e);
    } finally {
      lines.add(END);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
