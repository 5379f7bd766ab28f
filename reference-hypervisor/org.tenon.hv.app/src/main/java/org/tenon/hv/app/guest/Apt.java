package org.tenon.hv.app.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's package manager, asked for packages without installing them. Needs no privilege. */
final class Apt {
  private static final long TIMEOUT_MINUTES = 10;
  private static final Pattern KERNEL = Pattern.compile("linux-image-\\d[\\w.+-]*");
  private static final Pattern DEPENDENCY = Pattern.compile(" *\\|?(?:Pre)?Depends: ([\\w.+-]+)");
  private static final String MEND =
      "check the network and 'apt-get update', or name files with --kernel and --busybox";

  private final Path folder;

  /** Packages go into this folder. */
  Apt(Path folder) {
    this.folder = folder;
  }

  /**
   * The package that a kernel metapackage depends on, such as {@code
   * linux-image-6.1.0-56-cloud-amd64}.
   */
  String resolveKernel(String metapackage) throws GuestException {
    for (String line :
        run("apt-cache", List.of("show", "--no-all-versions"), List.of(metapackage))) {
      if (line.startsWith("Depends:")) {
        Matcher found = KERNEL.matcher(line);
        if (found.find()) {
          return found.group();
        }
      }
    }
    throw new GuestException("apt knows no kernel for " + metapackage + "; " + MEND);
  }

  /** The packages that these depend on. */
  List<String> dependencies(Collection<String> names) throws GuestException {
    return run("apt-cache", List.of("depends"), names).stream()
        .map(DEPENDENCY::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1))
        .toList();
  }

  /** Downloads packages, in one go. */
  List<Path> download(Collection<String> names) throws GuestException {
    run("apt-get", List.of("--quiet", "download"), names);
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      files.add(downloaded(name));
    }
    return files;
  }

  /** Downloads one package. */
  Path download(String name) throws GuestException {
    return download(List.of(name)).getFirst();
  }

  private Path downloaded(String name) throws GuestException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name + "_"))
          .findFirst()
          .orElseThrow(
              () -> new GuestException("apt-get brought no file for " + name + "; " + MEND));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> run(String program, List<String> options, Collection<String> packages)
      throws GuestException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(options);
    command.addAll(packages);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("LC_ALL", "C");
    builder
        .redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Path log = folder.resolve("apt.log");
    builder.redirectOutput(log.toFile());
    try {
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new GuestException(
            program + " did not end within " + TIMEOUT_MINUTES + " minutes; " + MEND);
      }
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        String why =
            lines.stream()
                .filter(line -> line.startsWith("E:"))
                .findFirst()
                .orElse("status " + process.exitValue());
        throw new GuestException(
            "%s %s failed (%s); %s"
                .formatted(program, String.join(" ", packages), why.strip(), MEND));
      }
      return lines;
    } catch (IOException e) {
      throw new GuestException(
          "%s cannot be run (%s); on a system other than Debian name files with --kernel and --busybox"
              .formatted(program, String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestException("interrupted while " + program + " ran", e);
    }
  }
}
