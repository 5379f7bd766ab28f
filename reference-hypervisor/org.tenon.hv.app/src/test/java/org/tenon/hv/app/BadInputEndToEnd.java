package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bad input to the real launcher: one line on standard error, the right exit status, and nothing
 * left behind.
 */
class BadInputEndToEnd {
  @TempDir static Path tree;
  private static LauncherHome tenon;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    tenon = new LauncherHome(tree);
    LauncherHome.Ended ended = tenon.run("--version");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).startsWith("tenon ").contains("SPI 1.0.0");
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(tenon.temp).isEmptyDirectory();
    assertThat(tree.resolve("tenon-report")).doesNotExist();
  }

  @Test
  void goodBundleIsLoadable() throws IOException {
    LauncherHome.Ended ended =
        tenon.run("bundle", "verify", new AcmeBundle(folder).good().archive().toString());
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .startsWith("ok  acme-disks 1.0.0 is loadable, with 1 driver(s)  sha256:");
    assertThat(ended.status()).isZero();
  }

  @Test
  void bundleIsMadeAndShown() throws IOException {
    Path made = folder.resolve("made.tenon");
    new AcmeBundle(folder).good();
    Path manifest =
        Files.writeString(folder.resolve("m.json"), AcmeBundle.manifest("[1.0,2.0)", true));
    String jar = folder.resolve("acme-disk.jar").toString();
    LauncherHome.Ended create =
        tenon.run(
            "bundle", "create", "--manifest", manifest.toString(), "--out", made.toString(), jar);
    assertThat(create.status()).as(create.err()).isZero();
    LauncherHome.Ended inspect = tenon.run("bundle", "inspect", made.toString());
    assertThat(inspect.out())
        .contains(
            "bundle   acme-disks 1.0.0",
            "speaks   SPI [1.0.0,2.0.0)",
            "holds    lib/acme-disk.jar (module acme.disk)");
    String digest = create.out().substring(create.out().indexOf("sha256:") + 7).strip();
    assertThat(inspect.out()).contains("sha256   " + digest);
  }

  @ParameterizedTest
  @CsvSource({"certify", "bundle inspect", "bundle verify"})
  void noSuchFile(String command) throws IOException {
    refused(
        2,
        command,
        folder.resolve("absent.tenon"),
        "there is no such file; give a bundle (.tenon)");
  }

  @ParameterizedTest
  @CsvSource({"certify", "bundle inspect", "bundle verify"})
  void noZip(String command) throws IOException {
    Path text = Files.writeString(folder.resolve("text.tenon"), "I am a text");
    refused(2, command, text, "no zip archive; make one with 'tenon bundle create'");
  }

  @Test
  void wrongSchema() throws IOException {
    Path bundle =
        new AcmeBundle(folder)
            .good()
            .file("tenon-bundle.json", "{\"spi\": \"[1.0,2.0)\", \"colour\": 1}")
            .archive();
    refused(
        2,
        "certify",
        bundle,
        "tenon-bundle.json: ",
        "unknown word 'colour'; accepted: manifest, id, version, spi");
  }

  @Test
  void newerSpi() throws IOException {
    Path bundle =
        new AcmeBundle(folder)
            .good()
            .file("tenon-bundle.json", AcmeBundle.manifest("[9.0,10.0)", true))
            .archive();
    refused(
        2,
        "certify",
        bundle,
        "the bundle needs SPI [9.0.0,10.0.0) and this Tenon speaks 1.0.0; use a newer Tenon");
  }

  @Test
  void pathOutOfTheBundle() throws IOException {
    Path bundle = new AcmeBundle(folder).good().file("../../escaped.jar", "x").archive();
    refused(2, "certify", bundle, "entry '../../escaped.jar' leads out of the bundle");
    assertThat(tenon.temp.resolve("../escaped.jar")).doesNotExist();
  }

  @Test
  void driverThatCannotBeCertified() throws IOException {
    Path bundle =
        new AcmeBundle(folder)
            .good()
            .file("tenon-bundle.json", AcmeBundle.manifest("[1.0,2.0)", false))
            .archive();
    LauncherHome.Ended ended =
        tenon.run("certify", bundle.toString(), "--out", folder.resolve("report").toString());
    assertOneLine(
        ended,
        2,
        "driver 'acme-disk' cannot be certified, because its manifest entry has no \"certify\"");
  }

  @Test
  void constructorThatThrows() throws IOException {
    Path bundle =
        new AcmeBundle(folder)
            .good()
            .driver("throw new IllegalStateException(\"no licence\");", "acme-disk")
            .archive();
    refused(
        1,
        "bundle verify",
        bundle,
        "driver acme.disk.DiskFactory's constructor threw IllegalStateException: 'no licence'",
        "[DRV-004]");
  }

  @Test
  void constructorThatExits() throws IOException {
    Path bundle = new AcmeBundle(folder).good().driver("System.exit(0);", "acme-disk").archive();
    refused(
        1,
        "bundle verify",
        bundle,
        "acme.disk.DiskFactory called System.exit; a driver must leave the process to its host");
  }

  @Test
  void idOfAnother() throws IOException {
    Path bundle = new AcmeBundle(folder).good().driver("", "globex-disk").archive();
    refused(
        1,
        "bundle verify",
        bundle,
        "says it is 'globex-disk', and the manifest has [acme-disk]; make them equal",
        "[DRV-002]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "|Missing required subcommand",
        "fly|Unmatched argument at index 0: 'fly'",
        "certify|Missing required parameter: 'SUBJECT'",
        "certify x --level L9|'L9' is no level: use L0",
        "certify x --seed y|'y' is no seed: give 0x",
        "certify x --profile raid|no profile is called 'raid'; there are block, net, device,"
            + " switch",
        "certify x --nbd-server y|'y' is no NBD server that the suite can start; use nbdkit or"
            + " qemu-nbd",
        "certify x --waivers absent.yaml|absent.yaml: there is no such file; give a waiver file",
        "certify x --colour|Unknown option: '--colour'",
        "bench|which driver? name a bundle, a folder or a project; or measure without one",
        "bench --through wire|Invalid value for option '--through'",
        "bench --through virtio --rounds 0|--rounds 0: measure once at least",
        "bench --through switch --frame-size 59|frames of 60 to 1514 bytes, not 59",
        "bench --through virtio --reads 101|0 to 100 % reads, not 101",
        "bundle|Missing required subcommand",
        "bundle create x|x is no Maven project (it has no pom.xml)",
      })
  void wrongUsage(String words, String reason) throws IOException {
    List<String> arguments = words == null ? List.of() : List.of(words.split(" ", -1));
    assertOneLine(tenon.run(arguments.toArray(String[]::new)), 2, reason);
  }

  @Test
  void waiverWithoutOwner() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("waivers.yaml"),
            "waivers:\n  - {clause: BLK-062, driver: acme-disk, reason: r, expires: 2027-03-31}\n");
    assertOneLine(
        tenon.run("certify", "x", "--waivers", file.toString()), 2, file.toString(), "'owner'");
  }

  private void refused(int status, String command, Path bundle, String... parts)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.add(bundle.toString());
    if (command.equals("certify")) {
      arguments.addAll(List.of("--out", folder.resolve("report").toString()));
    }
    LauncherHome.Ended ended = tenon.run(arguments.toArray(String[]::new));
    assertOneLine(ended, status, parts);
    assertThat(ended.err()).startsWith("tenon: " + bundle + ": ");
    assertThat(folder.resolve("report/report.html")).doesNotExist();
  }

  private static void assertOneLine(LauncherHome.Ended ended, int status, String... parts) {
    assertThat(ended.err()).startsWith("tenon: ").contains(parts);
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.status()).isEqualTo(status);
  }
}
