package org.tenon.hv.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is no bundle: each case gets one line that says what, where and what would be accepted, and
 * leaves nothing.
 */
class RefusedBundleTest {
  @TempDir Path folder;

  private Set<String> before = new TreeSet<>();

  @BeforeEach
  void remember() throws IOException {
    before = leftovers();
  }

  @AfterEach
  void leavesNothingBehind() throws IOException {
    assertThat(leftovers()).isEqualTo(before);
  }

  @Test
  void noFile() {
    assertRefused(folder.resolve("absent.tenon"), "there is no such file; give a bundle (.tenon)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 100})
  void noZip(int length) {
    byte[] noise = new byte[length];
    Arrays.fill(noise, (byte) 'x');
    assertRefused(
        bundle().write("noise.tenon", noise),
        "no zip archive; make one with 'tenon bundle create'");
  }

  @Test
  void cutZip() throws IOException {
    byte[] whole = Files.readAllBytes(bundle().archive());
    assertRefused(
        bundle().write("cut.tenon", Arrays.copyOf(whole, whole.length / 2)), "damaged zip archive");
  }

  @Test
  void zipWithOneFlippedByte() throws IOException {
    TestBundle bundle = bundle();
    byte[] stored = stored(bundle.content("tenon-bundle.json"));
    int at = new String(stored, StandardCharsets.ISO_8859_1).indexOf("Acme");
    stored[at] ^= 1;
    assertRefused(
        bundle.write("flipped.tenon", stored),
        "entry 'tenon-bundle.json' is damaged: its checksum differs");
  }

  @ParameterizedTest
  @CsvSource({
    "../evil.jar, leads out of the bundle",
    "lib/../../evil.jar, leads out of the bundle",
    "lib\\..\\evil.jar, leads out of the bundle",
    "/etc/cron.d/evil, is an absolute path",
    "C:\\evil.jar, is an absolute path",
    "lib/deeper/x.jar, has no place in a bundle",
    "lib/notes.txt, has no place in a bundle",
    "run.sh, has no place in a bundle",
  })
  void entryOutOfPlace(String name, String reason) {
    TestBundle bundle = bundle().file(name, new byte[] {1});
    assertRefused(
        bundle.archive(), reason + "; a bundle holds tenon-bundle.json, lib/NAME.jar", "entry '");
    assertThat(folder.resolveSibling("evil.jar")).doesNotExist();
  }

  @Test
  void entryNameThatWouldPaintTheTerminal() {
    BundleException refusal =
        refuse(bundle().file("lib/\u001b[31m\nred", new byte[] {1}).archive());
    assertThat(refusal.getMessage()).contains("entry 'lib/?[31m?red' has no place in a bundle");
  }

  @Test
  void symbolicLinkInAnArchive() throws IOException {
    ZipArchiveEntry link = new ZipArchiveEntry("lib/link.jar");
    link.setUnixMode(0120777);
    assertRefused(
        bundle().write("link.tenon", zip(link, "/etc/passwd".getBytes(StandardCharsets.UTF_8))),
        "entry 'lib/link.jar' is a symbolic link; only plain files are accepted");
  }

  @Test
  void symbolicLinkInAFolder() throws IOException {
    Path unpacked = bundle().folder();
    Files.createSymbolicLink(unpacked.resolve("lib/link.jar"), Path.of("/etc/passwd"));
    assertRefused(
        unpacked, "entry 'lib/link.jar' is a symbolic link; only plain files are accepted");
  }

  @Test
  void sameEntryTwice() throws IOException {
    byte[] manifest = TestBundle.MANIFEST.getBytes(StandardCharsets.UTF_8);
    byte[] twice =
        zip(
            new ZipArchiveEntry("tenon-bundle.json"),
            manifest,
            new ZipArchiveEntry("tenon-bundle.json"),
            manifest);
    assertRefused(
        bundle().write("twice.tenon", twice),
        "entry 'tenon-bundle.json' stands there twice; keep one");
  }

  @Test
  void zipBomb() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      zip.setLevel(Deflater.BEST_SPEED);
      byte[] zeroes = new byte[1 << 20];
      zip.putArchiveEntry(new ZipArchiveEntry("lib/bomb.jar"));
      for (long written = 0; written <= BundleLimits.UNPACKED_BYTES; written += zeroes.length) {
        zip.write(zeroes);
      }
      zip.closeArchiveEntry();
    }
    assertThat(bytes.size()).isLessThan(8 << 20);
    assertRefused(
        bundle().write("bomb.tenon", bytes.toByteArray()), "have more than 512 MiB when unpacked");
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 40_000})
  void tooManyEntries(int entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      for (int i = 0; i < entries; i++) {
        zip.putArchiveEntry(new ZipArchiveEntry("lib/x" + i + ".jar"));
        zip.closeArchiveEntry();
      }
    }
    assertRefused(bundle().write("many.tenon", bytes.toByteArray()), "at most 256");
  }

  @Test
  void noManifest() {
    assertRefused(
        bundle().without("tenon-bundle.json").archive(),
        "there is no tenon-bundle.json at its top");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~\"manifest\": 1,~|~~|'manifest' is missing; needed: manifest, id, version, spi, drivers",
        "~\"manifest\": 1,~|~\"manifest\": 2,~|'manifest': '2' is not known; accepted: 1",
        "~\"vendor\"~|~\"vendro\"~|unknown word 'vendro'; accepted: manifest, id, version, spi,"
            + " vendor, description",
        "~acme-disks~|~Acme Disks~|'id': 'Acme Disks' does not fit (pattern); accepted: lower-case"
            + " words",
        "~\"block\"~|~\"gpu\"~|'drivers/0/class': 'gpu' is not known; accepted: block, device, net,"
            + " switch",
        "~\"block\"~|~\"net\"~|'drivers/0/certify': unknown word 'storage'; accepted: wire,",
        "~\"setting\"~|~\"seting\"~|'drivers/0/certify': ",
        "~\"Acme\"~|~7~|'vendor': '7' is no string; accepted: one line of text",
        "~\"1.2.3\"~|~\"1.2.3-beta\"~|'version': '1.2.3-beta' does not fit (pattern); accepted:"
            + " major.minor",
        "~[1.0,2.0)~|~1.0~|spi: '1.0' is no version range: write [from,below), such as [1.0,2.0)",
        "~[1.0,2.0)~|~[2.0,3.0)~|needs SPI [2.0.0,3.0.0) and this Tenon speaks 1.0.0; use a newer"
            + " Tenon, or build",
        "~[1.0,2.0)~|~[0.1,1.0)~|needs SPI [0.1.0,1.0.0) and this Tenon speaks 1.0.0; build the"
            + " bundle for",
        "~\"id\": \"acme-disks\",~|~\"id\": \"a\", \"id\": \"b\",~|is no JSON at line 3",
        "~}~|~~|is no JSON at line",
      })
  void wrongManifest(String right, String wrong, String reason) {
    assertRefused(
        bundle().manifest(TestBundle.MANIFEST.replace(right, wrong)).archive(),
        "tenon-bundle.json",
        reason);
  }

  @Test
  void manifestFromTheFutureIsToldItsAgeAndNotItsUnknownWords() {
    String future =
        TestBundle.MANIFEST.replace("[1.0,2.0)", "[7.1,8.0)").replace("\"vendor\"", "\"hologram\"");
    assertRefused(
        bundle().manifest(future).archive(), "this Tenon speaks 1.0.0; use a newer Tenon");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "\"x\"", "{} {}", "{\"a\":", "\u0000"})
  void noManifestAtAll(String text) {
    assertRefused(bundle().manifest(text).archive(), "tenon-bundle.json");
  }

  @Test
  void deepAndLongManifest() {
    assertRefused(bundle().manifest("[".repeat(60_000)).archive(), "is no JSON");
    assertRefused(bundle().manifest(" ".repeat(70_000)).archive(), "at most 65536 are accepted");
  }

  @Test
  void sameDriverTwice() {
    String driver = "{ \"id\": \"acme-disk\", \"class\": \"block\" }";
    String twice = TestBundle.MANIFEST.replace("\"drivers\": [", "\"drivers\": [" + driver + ",");
    assertRefused(bundle().manifest(twice).archive(), "drivers: 'acme-disk' stands there twice");
  }

  @Test
  void noCode() {
    assertRefused(
        bundle().without("lib/acme-disk.jar").archive(),
        "the bundle holds no code; put the driver's modular jar");
  }

  @Test
  void jarThatIsNone() {
    assertRefused(
        bundle().file("lib/x.jar", new byte[] {1, 2, 3}).archive(),
        "lib/x.jar is no jar or is damaged");
  }

  @Test
  void jarThatIsNoModule() {
    byte[] plain = TestBundle.zip(Map.of("a/b.txt", new byte[] {1}));
    assertRefused(
        bundle().file("lib/x.jar", plain).archive(),
        "lib/x.jar is no modular jar: it has no module-info.class");
  }

  @Test
  void jarWithABrokenDescriptor() {
    byte[] broken = TestBundle.zip(Map.of("module-info.class", new byte[] {1, 2, 3}));
    assertRefused(
        bundle().file("lib/x.jar", broken).archive(),
        "lib/x.jar: its module-info.class cannot be read");
  }

  @Test
  void jarWithAHugeDescriptor() {
    byte[] huge = TestBundle.zip(Map.of("module-info.class", new byte[70_000]));
    assertRefused(
        bundle().file("lib/x.jar", huge).archive(),
        "lib/x.jar: its module-info.class has more than 65536 bytes");
  }

  @Test
  void sdkInside() {
    TestBundle bundle = bundle().jar("lib/spi.jar", "module org.tenon.spi {}");
    assertRefused(
        bundle.archive(), "lib/spi.jar (module org.tenon.spi) is the SDK itself; leave it out");
  }

  @Test
  void jdkModuleInside() {
    TestBundle bundle = bundle().jar("lib/sql.jar", "module acme.sql {}");
    byte[] renamed = rename(bundle.content("lib/sql.jar"));
    assertRefused(
        bundle.file("lib/sql.jar", renamed).archive(),
        "lib/sql.jar (module java.sql) has the name of a JDK module");
  }

  @Test
  void sameModuleTwice() {
    TestBundle bundle = bundle();
    bundle.file("lib/copy.jar", bundle.content("lib/acme-disk.jar"));
    assertRefused(bundle.archive(), "are the same module; keep one");
  }

  @Test
  void moduleThatReadsMoreThanItMay() {
    TestBundle bundle = bundle().jar("lib/acme-base.jar", "module acme.base {}");
    bundle.jar(
        "lib/acme-disk.jar",
        MODULE_WITH_BASE,
        TestBundle.driver("", "return new Identifier(\"acme-disk\");"));
    bundle.without("lib/acme-base.jar");
    BundleException refusal = refuse(bundle.archive());
    assertThat(refusal)
        .hasMessageContaining(
            "lib/acme-disk.jar (module acme.disk) requires 'acme.base', which is neither in the"
                + " bundle")
        .hasMessageContaining(
            "accepted: the JDK's modules, [org.tenon.api, org.tenon.spi, org.tenon.spi.block,");
    assertThat(refusal.clause().orElseThrow()).hasToString("DRV-005");
  }

  @Test
  void packageInTwoModules() {
    String helper = "package acme.disk; public class Helper {}";
    TestBundle bundle = bundle().jar("lib/split.jar", "module acme.split {}", helper);
    assertRefused(
        bundle.archive(), "package 'acme.disk' is both in lib/", "a package belongs to one module");
  }

  @Test
  void packageOfTheSdk() {
    TestBundle bundle =
        bundle()
            .jar(
                "lib/fake.jar",
                "module acme.fake {}",
                "package org.tenon.spi; public class Fake {}");
    assertRefused(
        bundle.archive(),
        "package 'org.tenon.spi' is both in the SDK's org.tenon.spi and in lib/fake.jar");
  }

  @Test
  void moreDriversThanProvided() {
    String two =
        TestBundle.MANIFEST.replace(
            "\"drivers\": [", "\"drivers\": [{ \"id\": \"ghost\", \"class\": \"block\" },");
    assertRefused(
        bundle().manifest(two).archive(),
        "names 2 driver(s) of class block and the modules provide 1 (acme.disk.DiskFactory)");
  }

  @Test
  void nativeAccessForAnUnknownModule() {
    String asks =
        TestBundle.MANIFEST.replace("\"vendor\"", "\"nativeAccess\": [\"acme.ghost\"], \"vendor\"");
    assertRefused(
        bundle().manifest(asks).archive(),
        "nativeAccess: module 'acme.ghost' is not in the bundle; accepted: [acme.disk]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "throw new IllegalStateException(\"no licence\");|return new"
            + " Identifier(\"acme-disk\");|constructor threw IllegalStateException: 'no"
            + " licence'|DRV-004",
        "throw new StackOverflowError();|return new Identifier(\"acme-disk\");|constructor threw"
            + " StackOverflowError|DRV-004",
        "''|return new Identifier(\"other-disk\");|says it is 'other-disk', and the manifest has"
            + " [acme-disk]; make them equal|DRV-002",
        "''|return null;|id() answered null|DRV-004",
        "''|throw new RuntimeException();|id() threw RuntimeException|DRV-004",
      })
  void factoryThatBreaksItsWord(String constructor, String id, String reason, String clause)
      throws BundleException {
    TestBundle bundle =
        bundle().jar("lib/acme-disk.jar", TestBundle.MODULE, TestBundle.driver(constructor, id));
    Path archive = bundle.archive();
    try (Bundle opened = BundleReader.open(archive)) {
      BundleException refusal =
          assertThrows(BundleException.class, () -> BundleLoader.load(opened));
      assertThat(refusal).hasMessageStartingWith(archive + ": ").hasMessageContaining(reason);
      assertThat(refusal.clause().orElseThrow()).hasToString(clause);
    }
  }

  private static final String MODULE_WITH_BASE =
      TestBundle.MODULE.replace("requires", "requires acme.base; requires");

  private TestBundle bundle() {
    return new TestBundle(folder);
  }

  private static void assertRefused(Path bundle, String... parts) {
    assertThat(refuse(bundle))
        .hasMessageStartingWith(bundle + ": ")
        .message()
        .contains(List.of(parts));
  }

  private static BundleException refuse(Path bundle) {
    BundleException refusal =
        assertThrows(BundleException.class, () -> BundleReader.open(bundle).close());
    assertThat(String.valueOf(refusal.getMessage()).codePoints())
        .noneMatch(Character::isISOControl);
    return refusal;
  }

  private static Set<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      Set<String> names = new TreeSet<>();
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(Staging.prefix()))
          .forEach(names::add);
      return names;
    }
  }

  private static byte[] stored(byte[] manifest) throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry("tenon-bundle.json");
    entry.setMethod(ZipArchiveEntry.STORED);
    entry.setSize(manifest.length);
    return zip(entry, manifest);
  }

  private static byte[] zip(Object... entriesAndContents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
      for (int i = 0; i < entriesAndContents.length; i += 2) {
        byte[] content = (byte[]) entriesAndContents[i + 1];
        ZipArchiveEntry entry = (ZipArchiveEntry) entriesAndContents[i];
        if (entry.getMethod() == ZipArchiveEntry.STORED) {
          CRC32 crc = new CRC32();
          crc.update(content);
          entry.setCrc(crc.getValue());
        }
        zip.putArchiveEntry(entry);
        zip.write(content);
        zip.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** The jar with its module's name, which has as many letters, replaced by java.sql's. */
  private static byte[] rename(byte[] jar) {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
      zip.getNextEntry();
      String descriptor =
          new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1)
              .replace("acme.sql", "java.sql");
      return TestBundle.zip(
          Map.of("module-info.class", descriptor.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
