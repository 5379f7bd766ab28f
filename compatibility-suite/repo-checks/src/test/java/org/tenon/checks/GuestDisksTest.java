package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A disk as its user has it: the built command boots Debian's cloud kernel, which writes through
 * the sample driver {@code block-file} into an ext4 file system; e2fsprogs judge the image from
 * outside.
 */
class GuestDisksTest {
  /** Writes, reads back what was written, and says what the kernel complained about. */
  private static final String SCRIPT =
      """
      dd if=/dev/urandom of=/tmp/seed bs=1M count=2 2>/dev/null
      for i in 1 2 3; do (echo file $i; cat /tmp/seed) > /mnt/f$i; sync; done
      echo 3 > /proc/sys/vm/drop_caches
      cd /mnt; sha256sum f*; cd /
      umount /mnt && echo unmounted
      dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
      """;

  private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})  (f[123])");

  @TempDir Path folder;

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    FetchedGuest.fetch();
  }

  private Path image(String name) throws IOException, InterruptedException {
    Path content = Files.createDirectories(folder.resolve("content"));
    Files.writeString(content.resolve("go"), SCRIPT);
    Path image = folder.resolve(name);
    assertThat(
            BuiltCommand.tool(
                    folder, "mkfs.ext4", "-q", "-d", content.toString(), image.toString(), "64M")
                .status())
        .isZero();
    return image;
  }

  private BuiltCommand.Ended boot(String model, String device, Path image)
      throws IOException, InterruptedException {
    return BuiltCommand.tenon(
        folder,
        FetchedGuest.ENVIRONMENT,
        "run",
        "--cpus",
        "2",
        "--statistics",
        "--bundle",
        "samples/block-file",
        "--disk",
        "driver=block-file,model=%s,path=%s".formatted(model, image),
        "--append",
        "console=ttyS0 panic=-1 quiet tenon.exec=mount -t ext4 /dev/%s /mnt; cp /mnt/go /tmp; sh /tmp/go"
            .formatted(device));
  }

  @ParameterizedTest
  @CsvSource({"virtio, vda", "nvme, nvme0n1"})
  void whatTheGuestWritesIsInTheImage(String model, String device)
      throws IOException, InterruptedException {
    Path image = image("disk.img");
    BuiltCommand.Ended ended = boot(model, device, image);
    assertThat(ended.status()).as("%s%n%s", ended.err(), ended.out()).isZero();
    assertThat(ended.out()).contains("unmounted\n").contains("tenon-guest: exit 0");
    assertThat(ended.out().lines().filter(line -> line.startsWith("complaint:"))).isEmpty();
    assertThat(BuiltCommand.tool(folder, "e2fsck", "-fn", image.toString()).status())
        .as("e2fsck")
        .isZero();
    List<String> files = new ArrayList<>();
    for (var sums = SUM.matcher(ended.out()); sums.find(); ) {
      Path copy = folder.resolve(sums.group(2));
      BuiltCommand.tool(
          folder, "debugfs", "-R", "dump %s %s".formatted(sums.group(2), copy), image.toString());
      assertThat(sha256(copy)).isEqualTo(sums.group(1));
      files.add(sums.group(2));
    }
    assertThat(files).containsExactly("f1", "f2", "f3");
  }

  @Test
  void aRunWithADiskRepeatsToTheInstruction() throws IOException, InterruptedException {
    Path image = image("first.img");
    Path same = Files.copy(image, folder.resolve("again.img"));
    BuiltCommand.Ended first = boot("virtio", "vda", image);
    BuiltCommand.Ended again = boot("virtio", "vda", same);
    assertThat(again.out()).isEqualTo(first.out()).contains("unmounted");
    assertThat(instructions(again)).isEqualTo(instructions(first));
    assertThat(Files.mismatch(image, same)).as("the images").isEqualTo(-1);
  }

  private static String instructions(BuiltCommand.Ended ended) {
    assertThat(ended.err()).contains(" instructions in ");
    return ended.err().substring(0, ended.err().indexOf(" instructions"));
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
