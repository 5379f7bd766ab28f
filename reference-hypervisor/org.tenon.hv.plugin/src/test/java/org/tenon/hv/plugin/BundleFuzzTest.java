package org.tenon.hv.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hostile bundle: whatever the bytes, reading ends with a bundle or with one printable line. In
 * the build the committed corpus is played, and seeded mutations of good input; docs/how-to/fuzz.md
 * tells how to run the fuzzer itself.
 */
class BundleFuzzTest {
  private static final BundleManifest MANIFEST = manifest();

  @FuzzTest(maxDuration = "10m")
  void manifest(byte[] input) {
    accepts(() -> ManifestReader.read(input));
  }

  @FuzzTest(maxDuration = "10m")
  void archive(byte[] input) throws IOException {
    Path file = Files.createTempFile("tenon-fuzz-", ".tenon");
    try {
      Files.write(file, input);
      accepts(() -> BundleReader.open(file).close());
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void jar(byte[] input) throws IOException {
    Path file = Files.createTempFile("tenon-fuzz-", ".jar");
    try {
      Files.write(file, input);
      accepts(() -> BundleModules.read(MANIFEST, Map.of("lib/x.jar", file)));
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void descriptor(byte[] input) throws IOException {
    jar(TestBundle.zip(Map.of("module-info.class", input)));
  }

  @Test
  void seeded(@TempDir Path folder) throws IOException {
    Random random = new Random(20261122);
    TestBundle bundle = new TestBundle(folder);
    byte[] text = TestBundle.MANIFEST.getBytes(StandardCharsets.UTF_8);
    byte[] archive = Files.readAllBytes(bundle.archive());
    int accepted = 0;
    for (int i = 0; i < 200; i++) {
      byte[] manifest = mutate(text, random);
      accepted += accepts(() -> ManifestReader.read(manifest)) ? 1 : 0;
      archive(mutate(archive, random));
      jar(mutate(bundle.content("lib/acme-disk.jar"), random));
    }
    assertThat(accepted)
        .as("accepted of 200 manifests with one to four bytes changed")
        .isBetween(1, 150);
  }

  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private static boolean accepts(Reading reading) {
    try {
      reading.run();
      return true;
    } catch (BundleException e) {
      assertThat(e.getMessage()).isNotBlank();
      assertThat(String.valueOf(e.getMessage()).codePoints()).noneMatch(Character::isISOControl);
      return false;
    }
  }

  private static BundleManifest manifest() {
    try {
      return ManifestReader.read(TestBundle.MANIFEST.getBytes(StandardCharsets.UTF_8));
    } catch (BundleException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Something that may refuse, and does nothing else that is bad. */
  private interface Reading {
    void run() throws BundleException;
  }
}
