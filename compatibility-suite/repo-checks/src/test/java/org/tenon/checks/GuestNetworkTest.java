package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;

/**
 * Guests that talk to one another as their user has them: the built command runs several Debian
 * guests on one virtual switch.
 */
class GuestNetworkTest {
  /** Guests a and b send each other a MiB; c is in another VLAN and hears nobody. */
  private static final Map<String, String> SCRIPTS =
      Map.of(
          "a",
          """
          ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up
          dd if=/dev/urandom of=/tmp/x bs=64k count=16 2>/dev/null
          echo sent $(sha256sum < /tmp/x)
          until nc -w 30 10.0.0.2 5000 < /tmp/x; do sleep 1; done
          nc -l -p 5001 > /tmp/y; echo received $(sha256sum < /tmp/y)
          """,
          "b",
          """
          ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up
          nc -l -p 5000 > /tmp/x; echo received $(sha256sum < /tmp/x)
          dd if=/dev/urandom of=/tmp/y bs=64k count=16 2>/dev/null
          echo sent $(sha256sum < /tmp/y)
          until nc -w 30 10.0.0.1 5001 < /tmp/y; do sleep 1; done
          """,
          "c",
          """
          ip addr add 10.0.0.3/24 dev eth0; ip link set eth0 up
          ping -c 3 -W 1 10.0.0.1 || echo nobody
          echo heard $(cat /sys/class/net/eth0/statistics/rx_packets)
          """);

  /** On real time a busy host shows as stalls of the guest: only what concerns the card counts. */
  private static final String LAST =
      """
      dmesg -r | grep '^<[0-4]>' | grep -iE 'virtio|eth0|skb|csum' | sed s/^/complaint:/
      exit 0
      """;

  @TempDir Path folder;

  @BeforeAll
  static void fetch(@TempDir Path at) throws IOException, InterruptedException {
    Guests.fetch(at, DebianKernel.CLOUD);
  }

  @Test
  void whatOneGuestSendsTheOtherReceivesAndAThirdDoesNot()
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder("bundles: [");
    text.append(Repository.root().resolve("samples/block-file")).append("]\n");
    text.append("switches: [{name: lan}]\nguests:\n");
    for (String guest : List.of("a", "b", "c")) {
      text.append(guest(guest, guest.equals("c") ? 20 : 10));
    }
    Path lab = Files.writeString(folder.resolve("lab.yaml"), text);
    BuiltCommand.Ended ended =
        BuiltCommand.tenon(folder, Map.of(), "lab", lab.toString(), "--statistics");
    assertThat(ended.status()).as("%s%n%s", ended.err(), ended.out()).isZero();
    assertThat(word(ended.out(), "b| received ")).isEqualTo(word(ended.out(), "a| sent "));
    assertThat(word(ended.out(), "a| received ")).isEqualTo(word(ended.out(), "b| sent "));
    assertThat(ended.out()).contains("c| nobody").contains("c| heard 0");
    assertThat(ended.out().lines().filter(line -> line.contains("| complaint:"))).isEmpty();
    assertThat(ended.err()).contains("lan a.nic0: ").doesNotContain("quarantine");
  }

  /** A guest whose disk is its script: newlines fill the last sector. */
  private String guest(String name, int vlan) throws IOException {
    String script = SCRIPTS.get(name) + LAST;
    Path disk = folder.resolve(name + ".img");
    Files.writeString(disk, script + "\n".repeat(4096 - script.length() % 4096));
    return """
    - name: %s
      append: console=ttyS0 panic=-1 quiet tenon.exec=sh /dev/vda
      disks: ["driver=block-file,path=%s"]
      nics: [{switch: lan, vlan: %d}]
    """
        .formatted(name, disk, vlan)
        .indent(2);
  }

  private static String word(String text, String after) {
    List<String> found =
        text.lines()
            .filter(line -> line.startsWith(after))
            .map(line -> line.substring(after.length()))
            .toList();
    assertThat(found).as(after).hasSize(1);
    assertThat(found.getFirst()).matches("[0-9a-f]{64} .*");
    return found.getFirst();
  }
}
