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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.app.guest.DebianKernel;

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
      for i in 1 2 3; do
        (echo file $i; cat /tmp/seed) > /mnt/f$i
        sync & p=$!; n=0
        while kill -0 $p 2>/dev/null; do n=$((n+1)); echo "tick $i.$n;"; done
        wait
      done
      echo 3 > /proc/sys/vm/drop_caches
      cd /mnt; sha256sum f*; cd /
      umount /mnt && echo unmounted
      dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
      """;

  /** What the console shows while the guest writes. */
  private static final List<String> IN_BETWEEN = List.of("tick 1.3;", "tick 2.20;", "tick 3.5;");

  private static final Pattern INSTRUCTIONS = Pattern.compile("([\\d,]+) instructions in ");
  private static final Pattern SUM = Pattern.compile("([0-9a-f]{64})  (f[123])");

  @TempDir Path folder;

  @BeforeAll
  static void fetch(@TempDir Path at) throws IOException, InterruptedException {
    Guests.fetch(at, DebianKernel.CLOUD);
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

  private BuiltCommand.Ended boot(String model, String device, Path image, String... more)
      throws IOException, InterruptedException {
    String[] options = {
      "--cpus",
      "2",
      "--append",
      "console=ttyS0 panic=-1 quiet tenon.exec=mount -t ext4 /dev/%s /mnt; cp /mnt/go /tmp; sh /tmp/go"
          .formatted(device)
    };
    return run(model, image, Stream.of(options, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private BuiltCommand.Ended run(String model, Path image, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("run", "--statistics"));
    command.addAll(List.of("--bundle", "samples/block-file"));
    command.addAll(List.of("--disk", "driver=block-file,model=%s,path=%s".formatted(model, image)));
    command.addAll(List.of(more));
    return BuiltCommand.tenon(folder, Map.of(), command.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"virtio, vda", "nvme, nvme0n1"})
  void whatTheGuestWritesIsInTheImage(String model, String device)
      throws IOException, InterruptedException {
    Path image = image("disk.img");
    Path same = Files.copy(image, folder.resolve("parts.img"));
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
    goesOnInNewProcesses(model, device, same, ended);
    assertThat(Files.mismatch(image, same)).as("the images").isEqualTo(-1);
  }

  /** Saved again and again while it writes, the run is the one that was never saved. */
  private void goesOnInNewProcesses(
      String model, String device, Path image, BuiltCommand.Ended whole)
      throws IOException, InterruptedException {
    StringBuilder console = new StringBuilder();
    long instructions = 0;
    Path saved = folder.resolve("saved");
    for (String text : IN_BETWEEN) {
      String[] stop = {"--until", text, "--save", saved.toString()};
      String[] goOn = {"--restore", saved.toString(), "--until", text, "--save", saved.toString()};
      BuiltCommand.Ended part =
          console.isEmpty() ? boot(model, device, image, stop) : run(model, image, goOn);
      assertThat(part.status()).as(part.err()).isZero();
      assertThat(part.out()).endsWith(text);
      console.append(part.out());
      instructions += instructions(part);
    }
    BuiltCommand.Ended last = run(model, image, "--restore", saved.toString());
    console.append(last.out());
    assertThat(console).hasToString(whole.out());
    assertThat(instructions + instructions(last)).isEqualTo(instructions(whole));
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

  private static long instructions(BuiltCommand.Ended ended) {
    Matcher count = INSTRUCTIONS.matcher(ended.err());
    assertThat(count.find()).as(ended.err()).isTrue();
    return Long.parseLong(count.group(1).replace(",", ""));
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
