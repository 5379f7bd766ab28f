package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that come and go while Debian's cloud kernel runs, through the control socket as a user has
 * it: each is found, written to and let go of, or pulled out, and the kernel complains about
 * nothing.
 */
class GuestHotPlugTest {
  /** A round: wait for the disk, use it, wait until it is gone. */
  private static final String SCRIPT =
      """
      round() {
        echo round $1 $2
        while ! [ -b /dev/$2 ]; do sleep 0.1; done
        mount -t ext4 /dev/$2 /mnt; echo this is $1 > /mnt/f$1; umount /mnt
        echo used $1
        while [ -b /dev/$2 ]; do sleep 0.1; done
        echo gone $1
      }
      round 1 vdb; round 2 nvme0n1; round 3 vdb; round 4 nvme0n1; round 5 vdb
      sleep 3
      dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
      """;

  private static final Pattern ROUND = Pattern.compile("(round|used) (\\d).*");

  /** From this round on disks are pulled out. */
  private static final int FIRST_YANK = 3;

  @TempDir Path folder;
  private String plugged = "";

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    FetchedGuest.fetch();
  }

  private Path image(String name, String... options) throws IOException, InterruptedException {
    Path image = folder.resolve(name);
    List<String> arguments = new ArrayList<>(List.of("-q"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(image.toString(), "16M"));
    assertThat(BuiltCommand.tool(folder, "mkfs.ext4", arguments.toArray(String[]::new)).status())
        .isZero();
    return image;
  }

  @Test
  void disksComeAndGo() throws IOException, InterruptedException {
    Path content = Files.createDirectories(folder.resolve("content"));
    Files.writeString(content.resolve("go"), SCRIPT);
    Path script = image("script.img", "-d", content.toString());
    Path virtio = image("virtio.img");
    Path nvme = image("nvme.img");
    Path control = folder.resolve("control");
    Path err = folder.resolve("err");
    Process tenon =
        BuiltCommand.start(
            err,
            FetchedGuest.ENVIRONMENT,
            "run",
            "--cpus",
            "2",
            "--bundle",
            "samples/block-file",
            "--disk",
            "driver=block-file,path=" + script,
            "--control",
            control.toString(),
            "--append",
            "console=ttyS0 panic=-1 quiet tenon.exec=mount -t ext4 /dev/vda /mnt; cp /mnt/go /tmp;"
                + " umount /mnt; sh /tmp/go");
    List<String> printed = new ArrayList<>();
    try (BufferedReader console =
        new BufferedReader(
            new InputStreamReader(tenon.getInputStream(), StandardCharsets.ISO_8859_1))) {
      for (String line = console.readLine(); line != null; line = console.readLine()) {
        printed.add(line.strip());
        Matcher round = ROUND.matcher(line.strip());
        if (round.matches()) {
          act(control, round.group(1), Integer.parseInt(round.group(2)), virtio, nvme);
        }
      }
    }
    assertThat(tenon.waitFor()).as("%s%n%s", Files.readString(err), printed).isZero();
    assertThat(printed).contains("gone 1", "gone 2", "gone 3", "gone 4", "gone 5");
    assertThat(printed).filteredOn(line -> line.startsWith("complaint:")).isEmpty();
    checkContent(virtio, 1, 3, 5);
    checkContent(nvme, 2, 4);
  }

  private void act(Path control, String step, int number, Path virtio, Path nvme)
      throws IOException {
    if (step.equals("round")) {
      String disk = number % 2 == 1 ? "virtio,path=" + virtio : "nvme,path=" + nvme;
      plugged =
          lastAnswer(control, "plug disk driver=block-file,model=" + disk)
              .substring("ok ".length());
      assertThat(answer(control, "status")).anyMatch(line -> line.startsWith(plugged + " "));
    } else {
      String verb = number < FIRST_YANK ? "unplug " : "yank ";
      assertThat(lastAnswer(control, verb + plugged)).isEqualTo("ok");
      assertThat(lastAnswer(control, verb + "disk0")).startsWith("error: there is no disk0 in a");
    }
  }

  private static String lastAnswer(Path control, String command) throws IOException {
    return answer(control, command).getLast();
  }

  private static List<String> answer(Path control, String command) throws IOException {
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
      socket.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
      socket.shutdownOutput();
      String text =
          new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().toList();
    }
  }

  private void checkContent(Path image, int... rounds) throws IOException, InterruptedException {
    assertThat(BuiltCommand.tool(folder, "e2fsck", "-fn", image.toString()).status()).isZero();
    for (int round : rounds) {
      String text =
          BuiltCommand.tool(folder, "debugfs", "-R", "cat f" + round, image.toString()).out();
      assertThat(text).isEqualTo("this is " + round + "\n");
    }
  }
}
