package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;

/**
 * A partner's real network card as its user has it: Debian's own e1000 driver drives the sample
 * {@code e1000}, and reaches a guest of QEMU's, which has a card of QEMU's own, through a Unix
 * socket. Both send and receive; while it receives its machine is saved, and goes on in another
 * process. {@code -Dtenon.trial=full} sends 64 MiB each way instead of 4, and then has two guests
 * of Tenon's do the same.
 */
class GuestGigabitTest {
  private static final String ONE = "10.0.0.1";
  private static final String OTHER = "10.0.0.2";

  /** Of 64 KiB, each way. */
  private static final int PIECES = Guests.isFull() ? 1024 : 64;

  /** The cloud kernel has no driver for it. */
  private static final GuestStore STANDARD = GuestStore.ofUser(DebianKernel.STANDARD);

  @TempDir static Path folder;
  private static Path vmlinux;

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    Guests.fetch(folder, DebianKernel.CLOUD, DebianKernel.STANDARD);
    vmlinux = UnpackedKernel.unpack(STANDARD.kernel(), folder.resolve("vmlinux"));
  }

  @Test
  void aGuestOfQemusHearsWhatLinuxSendsThroughIt() throws IOException, InterruptedException {
    Path socket = folder.resolve("qemu");
    GuestStore store = GuestStore.ofUser(DebianKernel.CLOUD);
    CompletableFuture<BuiltCommand.Ended> other =
        HostPeer.async(() ->
            BuiltCommand.tool(
                folder,
                "qemu-system-x86_64",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-monitor",
                "none",
                "-no-reboot",
                "-m",
                "256",
                "-netdev",
                "stream,id=wire,server=on,addr.type=unix,addr.path=" + socket,
                "-device",
                "virtio-net-pci,netdev=wire",
                "-kernel",
                store.kernel().toString(),
                "-initrd",
                store.initramfs().toString(),
                "-append",
                append(receivesFirst(OTHER, ONE))));
    judge(savedOnTheWay("connect=" + socket, sendsFirst(ONE, OTHER)), other.join());
  }

  private static BuiltCommand.Ended savedOnTheWay(String setting, String script)
      throws IOException, InterruptedException {
    String file = folder.resolve("arrives.tenon").toString();
    BuiltCommand.Ended first = tenon(setting, script, "--until", "it arrives", "--save", file);
    assertThat(first.status()).as("%s%n%s", first.err(), first.out()).isZero();
    assertThat(first.out()).doesNotContain("received ");
    BuiltCommand.Ended rest =
        BuiltCommand.tenon(
            folder,
            Map.of(),
            "run",
            "--clock",
            "real",
            "--bundle",
            "samples/e1000",
            "--device",
            "driver=e1000," + setting,
            "--restore",
            file);
    return new BuiltCommand.Ended(
        rest.status(), first.out() + rest.out(), first.err() + rest.err());
  }

  @Test
  @EnabledIfSystemProperty(named = "tenon.trial", matches = "full")
  void twoGuestsHearEachOther() throws IOException, InterruptedException {
    Path socket = folder.resolve("tenon");
    CompletableFuture<BuiltCommand.Ended> other =
        HostPeer.async(() -> tenon("listen=" + socket, receivesFirst(OTHER, ONE)));
    judge(tenon("connect=" + socket, sendsFirst(ONE, OTHER)), other.join());
  }

  private static BuiltCommand.Ended tenon(String setting, String script, String... more)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--kernel",
                vmlinux.toString(),
                "--initrd",
                STANDARD.initramfs().toString(),
                "--clock",
                "real",
                "--bundle",
                "samples/e1000",
                "--device",
                "driver=e1000," + setting,
                "--append",
                append(script)));
    arguments.addAll(List.of(more));
    return BuiltCommand.tenon(folder, Map.of(), arguments.toArray(String[]::new));
  }

  /**
   * Kernel parameters keep neither quotes nor "=" in words; one word of base64 keeps all. The shell
   * reads a file, so that a listening nc has the console for its input, which does not end. On real
   * time a host that is busy elsewhere fails the kernel's check of its timer.
   */
  private static String append(String script) {
    String word = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
    return "console=ttyS0 panic=-1 quiet no_timer_check tenon.exec=echo "
        + word
        + "|base64 -d >/s; sh /s";
  }

  private static String begin(String own) {
    return """
    ip link set lo up; ip addr add %s/24 dev eth0; ip link set eth0 up
    dd if=/dev/urandom of=/tmp/x bs=64k count=%d 2>/dev/null
    echo sent $(sha256sum < /tmp/x)
    """
        .formatted(own, PIECES);
  }

  private static String sendsFirst(String own, String peer) {
    return begin(own)
        + """
        until nc -w 30 %1$s 5000 < /tmp/x; do sleep 1; done
        sleep 1000 | nc -l -p 5001 > /tmp/y &
        until [ -s /tmp/y ]; do :; done
        echo it arrives
        until [ $(stat -c %%s /tmp/y) -ge %3$d ]; do sleep 1; done
        echo received $(sha256sum < /tmp/y)
        ping -c 2 -s 8000 %1$s | grep 'packets received'
        %2$s\
        """
            .formatted(peer, END, PIECES << 16);
  }

  private static String receivesFirst(String own, String peer) {
    return begin(own)
        + """
        nc -l -p 5000 > /tmp/y; echo received $(sha256sum < /tmp/y)
        until nc -w 30 %1$s 5001 < /tmp/x; do sleep 1; done
        until ! ping -c 1 -W 2 %1$s > /dev/null; do sleep 1; done
        %2$s\
        """
            .formatted(peer, END);
  }

  /** On real time a busy host shows as stalls of the guest: only what concerns the card counts. */
  private static final String END =
      """
      echo driver $(basename $(readlink /sys/class/net/eth0/device/driver))
      dmesg -r | grep '^<[0-4]>' | grep -iE 'e1000|eth0|skb|csum|irq' | sed s/^/complaint:/
      exit 0
      """;

  private static void judge(BuiltCommand.Ended one, BuiltCommand.Ended other) {
    String all = "%s%n%s%n%s".formatted(one.err(), one.out(), other.out());
    assertThat(one.status()).as(all).isZero();
    assertThat(word(one, "sent")).as(all).isEqualTo(word(other, "received"));
    assertThat(word(other, "sent")).as(all).isEqualTo(word(one, "received"));
    assertThat(one.out()).contains("driver e1000\n").contains(" 2 packets received");
    assertThat(one.out()).doesNotContain("complaint:");
    assertThat(other.out()).doesNotContain("complaint:");
    assertThat(one.err()).doesNotContain("quarantine");
  }

  private static String word(BuiltCommand.Ended ended, String after) {
    List<String> found = ended.out().lines().filter(line -> line.startsWith(after + " ")).toList();
    assertThat(found).as(ended.out()).hasSize(1);
    String sum = found.getFirst().substring(after.length() + 1);
    assertThat(sum).matches("[0-9a-f]{64} .*");
    return sum;
  }
}
