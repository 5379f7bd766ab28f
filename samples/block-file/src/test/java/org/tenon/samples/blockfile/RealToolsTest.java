package org.tenon.samples.blockfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;

/** What mkfs.ext4, e2fsck and qemu-img say of an image that went through the driver. */
class RealToolsTest {
  private static final int BLOCKS = 65_536;
  private static final int STEP = 64;

  @TempDir Path folder;

  @Test
  void aFileSystemCopiedThroughTheDriverIsTheSame() throws Exception {
    Path original = folder.resolve("original.img");
    Path files = Files.createDirectory(folder.resolve("files"));
    Files.writeString(files.resolve("greeting"), "hello".repeat(10_000));
    run("mkfs.ext4", "-q", "-d", files.toString(), original.toString(), "32M");
    Path copy = folder.resolve("copy.img");
    byte[] zeroes = new byte[STEP * 512];
    try (BlockHarness from =
            BlockHarness.open(
                new FileBlockDriverFactory(),
                Map.of("path", original.toString(), "read-only", "true"));
        BlockHarness to =
            BlockHarness.open(
                new FileBlockDriverFactory(), Map.of("path", copy.toString(), "size", "32M"))) {
      for (int block = 0; block < BLOCKS; block += STEP) {
        byte[] data = from.read(block, STEP);
        if (Arrays.equals(data, zeroes)) {
          BlockRequest hole = BlockRequest.writeZeroes(block, STEP).mayUnmap();
          assertThat(to.perform(hole).isOk()).isTrue();
        } else {
          to.write(block, data);
        }
      }
      to.flush();
    }
    assertThat(run("e2fsck", "-fn", copy.toString())).contains("Pass 5");
    assertThat(run("qemu-img", "compare", "-f", "raw", original.toString(), copy.toString()))
        .contains("identical");
    assertThat(run("qemu-img", "map", "-f", "raw", "--output=json", copy.toString()))
        .as("holes that lseek(SEEK_HOLE) finds")
        .contains("\"data\": false");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
    return output;
  }
}
