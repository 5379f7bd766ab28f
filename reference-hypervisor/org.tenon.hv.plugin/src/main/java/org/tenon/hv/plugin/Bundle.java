package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A bundle that has been checked as far as that goes without running it, on a private copy of its
 * files. {@link #close()} removes the copy.
 */
public final class Bundle implements AutoCloseable {
  private final Path origin;
  private final String digest;
  private final BundleManifest manifest;
  private final List<BundleModule> modules;
  private final Staging files;

  Bundle(
      Path origin,
      String digest,
      BundleManifest manifest,
      List<BundleModule> modules,
      Staging files) {
    this.origin = origin;
    this.digest = digest;
    this.manifest = manifest;
    this.modules = modules;
    this.files = files;
  }

  /** What the user named: an archive or a folder. */
  public Path origin() {
    return origin;
  }

  /**
   * The SHA-256 of the archive in lower-case hexadecimal digits; for a folder, of the archive that
   * {@link BundleWriter} would make of it.
   */
  public String digest() {
    return digest;
  }

  /** What it says of itself. */
  public BundleManifest manifest() {
    return manifest;
  }

  /**
   * Its jars with their modules, such as {@code lib/driver.jar (module com.example.driver)}, by
   * file name.
   */
  public List<String> contents() {
    return modules.stream().map(BundleModule::toString).toList();
  }

  List<BundleModule> modules() {
    return modules;
  }

  /** Removes the private copy. Whoever loaded the bundle is done with it. */
  @Override
  public void close() {
    try {
      files.close();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the private copy " + files.folder() + " cannot be removed", e);
    }
  }

  @Override
  public String toString() {
    return manifest.id() + " " + manifest.version();
  }
}
