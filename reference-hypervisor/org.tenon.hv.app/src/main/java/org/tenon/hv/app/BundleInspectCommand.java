package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.plugin.Bundle;
import org.tenon.hv.plugin.BundleException;
import org.tenon.hv.plugin.BundleManifest;
import org.tenon.hv.plugin.BundleManifest.DeviceClass;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.hv.plugin.Provision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tenon bundle inspect}: what a bundle says of itself. None of its code runs. */
@Command(
    name = "inspect",
    header = "Show what is in a bundle. None of its code runs.",
    footer = {"", "Example: tenon bundle inspect driver.tenon"})
final class BundleInspectCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "BUNDLE",
      description = "A bundle, an unpacked bundle's folder, or a Maven project that makes one.")
  private @Nullable Path path;

  BundleInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException, BundleException {
    if (path == null) {
      throw new InputException("which bundle? name a file or folder");
    }
    try (Bundle bundle = BundlePath.open(path, console)) {
      BundleManifest manifest = bundle.manifest();
      field("bundle", console.bold(manifest.id() + " " + manifest.version()));
      field("vendor", manifest.vendor());
      field("about", manifest.description());
      field("file", bundle.origin().toString());
      field("sha256", bundle.digest());
      field("speaks", "SPI " + manifest.spi());
      field("native", String.join(", ", manifest.nativeAccess()));
      manifest.drivers().forEach(this::driver);
      bundle.contents().forEach(jar -> field("holds", jar));
    }
    return ExitStatus.OK;
  }

  private void driver(DriverEntry driver) {
    String certify =
        driver
            .certify()
            .map(provision -> certified(driver, provision))
            .orElse("cannot be certified: its manifest entry has no 'certify'");
    field("driver", "%s (%s), %s".formatted(driver.id(), name(driver.deviceClass()), certify));
  }

  private static String certified(DriverEntry driver, Provision provision) {
    return switch (provision) {
      case Provision.Storage storage ->
          "certified on %s storage through '%s'".formatted(name(storage.kind()), storage.setting());
      case Provision.Wire wire -> "certified on a %s wire".formatted(name(wire.kind()));
      case Provision.SettingsOnly _ ->
          driver.deviceClass() == DeviceClass.DEVICE
              ? "certified on a PCI bus"
              : "certified on a switch";
    };
  }

  private static String name(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  private void field(String name, String value) {
    if (!value.isEmpty()) {
      console.print("%-8s %s".formatted(name, value));
    }
  }
}
