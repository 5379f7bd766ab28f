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
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;

/**
 * Disks and a partner's own function that come and go while Debian's cloud kernel runs, through the
 * control socket as a user has it: each is found, used and let go of, or pulled out, and the kernel
 * complains about nothing. The function is reached through sysfs and physical addresses; it sends
 * MSI, and is pulled out while a greeting waits for its timer.
 */
class GuestHotPlugTest {
  /**
   * A round: wait for the disk or function, use it, wait until it is gone. 64 KiB of RAM at 240 MiB
   * are kept from Linux for greetings. The MSI goes to the first processor's vector of irq_work,
   * which does nothing where there is no work, and counts; the next is asked for when it was taken,
   * for two that wait are one.
   */
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
      d=/sys/bus/pci/devices/0000:01:00.0
      r() { devmem $((bar + $1)) 32 $2; }
      put() { printf "$2" | dd of=$d/config bs=1 seek=$1 conv=notrunc 2>/dev/null; }
      irq() {
        while read -r name first rest; do
          [ "$name" != IWI: ] || echo $first
        done < /proc/interrupts
      }
      taken() {
        tries=0
        while [ $(irq) = $1 ]; do
          tries=$((tries + 1)); [ $tries -lt 100 ] || return 1
        done
      }
      hello() {
        echo round $1 function
        until [ "$(cat $d/device 2>/dev/null)" = 0x7e40 ]; do sleep 0.1; done
        echo 1 > $d/enable
        bar=$(head -n 1 $d/resource | cut -d ' ' -f 1)
        put 4 '\\006\\000'
        put 68 '\\000\\000\\340\\376\\000\\000\\000\\000\\366\\000'
        put 66 '\\001\\000'
        r 8 0xf000000
        i=0; messages=0
        while [ $i -lt 40 ]; do
          before=$(irq); r 20 16; r 32 1; i=$((i + 1))
          taken $before && messages=$((messages + 1))
        done
        echo function $1 $(r 0) status $(r 24) greetings $(r 28) text $(devmem 0xf000000 32)
        echo messages $1 $messages
        r 16 8000000; r 20 16
        echo used $1
        while [ -e $d ]; do r 28 > /dev/null; sleep 0.1; done
        devmem 0xf000000 32 0; sleep 10
        echo left $1 $(devmem 0xf000000 32)
        echo gone $1
      }
      round 1 vdb; round 2 nvme0n1; round 3 vdb; round 4 nvme0n1; round 5 vdb
      hello 6; hello 7
      sleep 3
      dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
      """;

  private static final Pattern ROUND = Pattern.compile("(round|used) (\\d).*");

  /** The rounds in which the guest lets go; in the others it is not asked. */
  private static final Set<Integer> ORDERLY = Set.of(1, 2, 6);

  /** From this round on it is the function that comes and goes. */
  private static final int FIRST_FUNCTION = 6;

  @TempDir Path folder;
  private String plugged = "";

  @BeforeAll
  static void fetch(@TempDir Path at) throws IOException, InterruptedException {
    Guests.fetch(at, DebianKernel.CLOUD);
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
            Map.of(),
            "run",
            "--cpus",
            "2",
            "--bundle",
            "samples/block-file",
            "--bundle",
            "samples/pci-hello",
            "--disk",
            "driver=block-file,path=" + script,
            "--control",
            control.toString(),
            "--append",
            "console=ttyS0 panic=-1 quiet iomem=relaxed memmap=64K$0xf000000 tenon.exec=mount -t"
                + " ext4 /dev/vda /mnt; cp /mnt/go /tmp; umount /mnt; sh /tmp/go");
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
    assertThat(printed)
        .contains("gone 1", "gone 2", "gone 3", "gone 4", "gone 5")
        .containsSubsequence(functionRound(6))
        .containsSubsequence(functionRound(7));
    assertThat(printed).filteredOn(line -> line.startsWith("complaint:")).isEmpty();
    checkContent(virtio, 1, 3, 5);
    checkContent(nvme, 2, 4);
  }

  private static List<String> functionRound(int number) {
    return List.of(
        "function " + number + " 0x6F6C6C48 status 0x00000000 greetings 0x00000028 text 0x6C6C6548",
        "messages " + number + " 40",
        "left " + number + " 0x00000000",
        "gone " + number);
  }

  private void act(Path control, String step, int number, Path virtio, Path nvme)
      throws IOException {
    if (step.equals("round")) {
      String disk = number % 2 == 1 ? "virtio,path=" + virtio : "nvme,path=" + nvme;
      String what =
          number < FIRST_FUNCTION
              ? "disk driver=block-file,model=" + disk
              : "device driver=pci-hello,interrupts=msi";
      plugged = lastAnswer(control, "plug " + what).substring("ok ".length());
      assertThat(answer(control, "status")).anyMatch(line -> line.startsWith(plugged + " "));
    } else {
      String verb = ORDERLY.contains(number) ? "unplug " : "yank ";
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
