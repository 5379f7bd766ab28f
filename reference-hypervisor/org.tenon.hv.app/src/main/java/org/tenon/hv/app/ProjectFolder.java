package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tenon.hv.plugin.Bundle;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.BundleWriter;

/**
 * A Maven project that makes a bundle: the manifest and papers lie in {@code src/main/bundle}, the
 * driver's modular jar in {@code target}, and the libraries that it brings, if any, in {@code
 * target/lib}.
 */
final class ProjectFolder {
  private static final String MANIFEST = "src/main/bundle/tenon-bundle.json";
  private static final List<String> SIDE_JARS =
      List.of("-sources.jar", "-javadoc.jar", "-tests.jar");

  private final Path folder;
  private final Console console;

  private ProjectFolder(Path folder, Console console) {
    this.folder = folder;
    this.console = console;
  }

  /** The project in a folder; empty if there is none. */
  static Optional<ProjectFolder> find(Path folder, Console console) {
    return Files.isRegularFile(folder.resolve("pom.xml"))
        ? Optional.of(new ProjectFolder(folder, console))
        : Optional.empty();
  }

  /**
   * Builds the project where its sources are newer than its jar, and makes its bundle in {@code
   * target}.
   */
  Bundle bundle() throws InputException, BundleException {
    return bundle(
        folder
            .resolve("target")
            .resolve(folder.toAbsolutePath().normalize().getFileName() + ".tenon"));
  }

  /** The same, to a place of the caller's choice. */
  Bundle bundle(Path archive) throws InputException, BundleException {
    if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
      throw new InputException(
          "%s: the project has no %s; write one (docs/how-to/bundle.md)"
              .formatted(folder, MANIFEST));
    }
    try {
      if (!isOurs() && isStale()) {
        new MavenBuild(folder, console).run();
      }
      return BundleWriter.create(folder.resolve(MANIFEST), jars(), papers(), archive);
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be read (" + e + ")", e);
    }
  }

  /** Whether it lies in the Tenon tree, where the launcher has built it together with the SDK. */
  private boolean isOurs() throws IOException {
    String home = System.getProperty("tenon.home");
    return home != null && folder.toRealPath().startsWith(Path.of(home).toRealPath());
  }

  private boolean isStale() throws IOException {
    List<Path> built = ownJars();
    if (built.isEmpty()) {
      return true;
    }
    FileTime when = Files.getLastModifiedTime(built.getFirst());
    try (Stream<Path> sources = Files.walk(folder.resolve("src/main"))) {
      for (Path source : Stream.concat(Stream.of(folder.resolve("pom.xml")), sources).toList()) {
        if (Files.getLastModifiedTime(source).compareTo(when) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Path> jars() throws IOException, InputException {
    List<Path> own = ownJars();
    if (own.isEmpty()) {
      throw new InputException(
          "%s: the build made no jar in target; set <packaging>jar</packaging>".formatted(folder));
    }
    List<Path> jars = new ArrayList<>(own);
    jars.addAll(list(folder.resolve("target/lib"), "*.jar"));
    return jars;
  }

  private List<Path> ownJars() throws IOException {
    return list(folder.resolve("target"), "*.jar").stream()
        .filter(jar -> SIDE_JARS.stream().noneMatch(jar.toString()::endsWith))
        .toList();
  }

  private List<Path> papers() throws IOException {
    return list(folder.resolve("src/main/bundle"), "{LICENSE,NOTICE,README.md}");
  }

  private static List<Path> list(Path folder, String pattern) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, pattern)) {
      matches.forEach(files::add);
    }
    return files.stream().sorted().toList();
  }
}
