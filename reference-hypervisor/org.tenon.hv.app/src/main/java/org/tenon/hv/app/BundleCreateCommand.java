package org.tenon.hv.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.plugin.Bundle;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.BundleWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tenon bundle create}. */
@Command(
    name = "create",
    header = "Make a bundle from a Maven project, or from a manifest and jars.",
    description = {
      "",
      "A Maven project keeps its manifest in src/main/bundle/tenon-bundle.json; it is built when"
          + " its sources changed.",
      "The same content gives the same bytes, whenever and wherever the bundle is made."
    },
    footer = {
      "",
      "Examples:",
      "  tenon bundle create samples/block-file",
      "  tenon bundle create --manifest tenon-bundle.json --out driver.tenon target/driver.jar"
          + " target/lib/*.jar"
    })
final class BundleCreateCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description = "The manifest, where jars are given.")
  private @Nullable Path manifest;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write; by default target/NAME.tenon of the project.")
  private @Nullable Path out;

  @Parameters(
      arity = "1..*",
      paramLabel = "PROJECT|JAR",
      description = "A Maven project's folder, or modular jars.")
  private List<Path> sources = List.of();

  BundleCreateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, BundleException {
    try (Bundle bundle = manifest == null ? fromProject() : fromJars(manifest)) {
      console.print("%s  %s  sha256:%s".formatted(bundle.origin(), bundle, bundle.digest()));
    }
    return ExitStatus.OK;
  }

  private Bundle fromProject() throws InputException, BundleException {
    Path folder = sources.getFirst();
    Optional<ProjectFolder> project = ProjectFolder.find(folder, console);
    if (sources.size() > 1 || project.isEmpty()) {
      throw new InputException(
          "%s is no Maven project (it has no pom.xml); give a project's folder, or jars together with --manifest"
              .formatted(sources.size() > 1 ? sources : folder));
    }
    return out == null ? project.get().bundle() : project.get().bundle(out);
  }

  private Bundle fromJars(Path given) throws InputException, BundleException {
    if (out == null) {
      throw new InputException("where should the bundle go? add --out FILE");
    }
    for (Path file : sources) {
      if (!Files.isRegularFile(file)) {
        throw new InputException(file + " is no file; give modular jars");
      }
    }
    if (!Files.isRegularFile(given)) {
      throw new InputException(given + " is no file; give the manifest with --manifest");
    }
    return BundleWriter.create(given, sources, List.of(), out);
  }
}
