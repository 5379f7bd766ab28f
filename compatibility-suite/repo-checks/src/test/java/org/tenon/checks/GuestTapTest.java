package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;

/**
 * A guest reaches the world as its user has it: the built command runs Debian with a card whose
 * wire is a TAP interface in a network namespace, where the host's own Linux pings it, fetches what
 * it has and gives it what it has not; once by the card's own driver, once through a switch whose
 * uplink that driver is. The first machine is saved while it is given, and goes on in another
 * process.
 */
class GuestTapTest {
  private static final int BYTES = 2 << 20;

  /** Serves what it has made, takes what it is given, and says the sums of both. */
  private static final String GUEST =
      """
      ip addr add 10.78.0.1/24 dev eth0; ip link set eth0 up
      dd if=/dev/urandom of=/tmp/made bs=64k count=32 2>/dev/null
      echo made $(sha256sum < /tmp/made)
      nc -l -p 5000 < /tmp/made > /dev/null
      sleep 1000 | nc -l -p 5001 > /tmp/given &
      until [ $(stat -c %%s /tmp/given) -ge %d ]; do sleep 1; done
      echo half of it
      until [ $(stat -c %%s /tmp/given) -ge %d ]; do sleep 1; done
      echo given $(sha256sum < /tmp/given)
      dmesg -r | grep '^<[0-4]>' | grep -iE 'virtio|eth0|skb|csum' | sed s/^/complaint:/
      exit 0
      """
          .formatted(BYTES / 2, BYTES);

  /** What the host's Linux does in the namespace, with the programs that every Linux has. */
  private static final String HOST =
      """
      until ping -q -c 3 -W 10 10.78.0.1; do :; done
      until exec 3<>/dev/tcp/10.78.0.1/5000; do ping -q -c 1 10.78.0.1; done 2>/dev/null
      echo "fetched $(head -c %d <&3 | sha256sum)"
      exec 3>&-
      until exec 3<>/dev/tcp/10.78.0.1/5001; do ping -q -c 1 10.78.0.1; done 2>/dev/null
      for at in {0..63}; do dd if="$0.data" bs=32k skip=$at count=1 status=none >&3; sleep 0.1; done
      """
          .formatted(BYTES);

  @TempDir static Path cache;
  @TempDir Path folder;

  private final String namespace = "tenon-guest-" + ProcessHandle.current().pid();

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    Guests.fetch(cache, DebianKernel.CLOUD);
  }

  @BeforeEach
  void layWire() throws IOException, InterruptedException {
    ip("netns", "add", namespace);
    inside("ip", "tuntap", "add", "dev", "tap0", "mode", "tap", "multi_queue");
    inside("ip", "address", "add", "10.78.0.2/24", "dev", "tap0");
    inside("ip", "link", "set", "tap0", "up");
  }

  @AfterEach
  void takeWireAway() throws IOException, InterruptedException {
    ip("netns", "delete", namespace);
  }

  @Test
  void aCardReachesTheHostsLinuxAndSoDoesItWhenItsMachineIsRestored()
      throws IOException, InterruptedException {
    CompletableFuture<BuiltCommand.Ended> host = startHost();
    String disk = script().toString();
    String file = folder.resolve("half.tenon").toString();
    BuiltCommand.Ended half =
        run(
            disk,
            "--append",
            "console=ttyS0 panic=-1 quiet tenon.exec=sh /dev/vda",
            "--until",
            "half of it",
            "--save",
            file);
    assertThat(half.status()).as("%s%n%s", half.err(), half.out()).isZero();
    assertThat(half.out()).doesNotContain("given ");
    BuiltCommand.Ended rest = run(disk, "--restore", file);
    expectSame(
        new BuiltCommand.Ended(rest.status(), half.out() + rest.out(), half.err() + rest.err()),
        host.join(),
        "");
    assertThat(rest.out()).contains("given ");
  }

  /** A machine with the card. */
  private BuiltCommand.Ended run(String disk, String... more)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--clock",
                "patient",
                "--bundle",
                sample("block-file"),
                "--bundle",
                sample("nic-tap"),
                "--disk",
                "driver=block-file,path=" + disk,
                "--nic",
                "driver=nic-tap,interface=tap0,netns=" + namespace));
    arguments.addAll(List.of(more));
    return BuiltCommand.tenon(folder, Map.of(), arguments.toArray(String[]::new));
  }

  @Test
  void aSwitchReachesTheHostsLinux() throws IOException, InterruptedException {
    Path lab = folder.resolve("lab.yaml");
    Files.writeString(
        lab,
        """
        bundles: [%s, %s]
        switches:
          - name: lan
            uplinks: [{name: out, driver: nic-tap, settings: {interface: tap0, netns: %s}}]
        guests:
          - name: a
            append: console=ttyS0 panic=-1 quiet tenon.exec=sh /dev/vda
            disks: ["driver=block-file,path=%s"]
            nics: [{switch: lan}]
        """
            .formatted(sample("block-file"), sample("nic-tap"), namespace, script()));
    CompletableFuture<BuiltCommand.Ended> host = startHost();
    BuiltCommand.Ended guest =
        BuiltCommand.tenon(folder, Map.of(), "lab", lab.toString(), "--statistics");
    expectSame(guest, host.join(), "a\\| ");
    assertThat(guest.err()).contains("lan out: ");
  }

  private CompletableFuture<BuiltCommand.Ended> startHost() throws IOException {
    byte[] data = new byte[BYTES];
    new Random(1).nextBytes(data);
    Files.write(folder.resolve("host.sh.data"), data);
    Path script = Files.writeString(folder.resolve("host.sh"), HOST);
    return HostPeer.async(() ->
        BuiltCommand.tool(folder, "ip", "netns", "exec", namespace, "bash", script.toString()));
  }

  private void expectSame(BuiltCommand.Ended guest, BuiltCommand.Ended host, String prefix)
      throws IOException, InterruptedException {
    String all = "%s%n%s%n%s%n%s".formatted(guest.err(), guest.out(), host.err(), host.out());
    assertThat(guest.status()).as(all).isZero();
    assertThat(host.status()).as(all).isZero();
    assertThat(host.out()).as(all).contains("3 received, 0% packet loss");
    assertThat(sum(host.out(), "fetched ")).as(all).isEqualTo(sum(guest.out(), prefix + "made "));
    BuiltCommand.Ended own =
        BuiltCommand.tool(folder, "sha256sum", folder.resolve("host.sh.data").toString());
    assertThat(sum(guest.out(), prefix + "given ")).as(all).isEqualTo(own.out().substring(0, 64));
    assertThat(guest.out()).doesNotContain("complaint:");
    assertThat(guest.err()).doesNotContain("quarantine");
  }

  private static String sum(String text, String after) {
    List<String> found =
        text.lines()
            .filter(line -> line.matches(after + "[0-9a-f]{64} .*"))
            .map(line -> line.replaceFirst(after, "").substring(0, 64))
            .toList();
    assertThat(found).as("%s in %s", after, text).hasSize(1);
    return found.getFirst();
  }

  private static String sample(String name) {
    return Repository.root().resolve("samples").resolve(name).toString();
  }

  /** The guest's disk is its script: newlines fill the last sector. */
  private Path script() throws IOException {
    return Files.writeString(
        folder.resolve("guest.img"), GUEST + "\n".repeat(4096 - GUEST.length() % 4096));
  }

  private void inside(String... command) throws IOException, InterruptedException {
    String[] all = new String[command.length + 3];
    all[0] = "netns";
    all[1] = "exec";
    all[2] = namespace;
    System.arraycopy(command, 0, all, 3, command.length);
    ip(all);
  }

  private void ip(String... arguments) throws IOException, InterruptedException {
    BuiltCommand.Ended ended = BuiltCommand.tool(folder, "ip", arguments);
    assertThat(ended.status())
        .as(
            "%s (these tests need iproute2 and iputils-ping, and the right to make namespaces)",
            ended.err())
        .isZero();
  }
}
