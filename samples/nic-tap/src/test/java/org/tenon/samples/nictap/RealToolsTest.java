package org.tenon.samples.nictap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.spi.net.MacAddress;

/** What tcpdump, tshark and iperf3 say of what went through the card. */
class RealToolsTest {
  @TempDir Path folder;

  private static NicHarness open(Namespace linux, String tap) throws Exception {
    NicHarness card =
        NicHarness.of(new TapNicDriverFactory())
            .settings(Map.of("interface", tap, "netns", linux.name()))
            .buffers(64, 0)
            .open();
    card.awaitBuffers();
    return card;
  }

  @Test
  void tsharkSeesTheFramesThatWereSent() throws Exception {
    int frames = 40;
    Path capture = folder.resolve("sent.pcap");
    try (Namespace linux = new Namespace()) {
      linux.addTap("tap0", "10.9.0.1/24");
      try (NicHarness card = open(linux, "tap0")) {
        Process tcpdump =
            linux.start(
                "tcpdump",
                "-i",
                "tap0",
                "-U",
                "-Z",
                "root",
                "-c",
                "" + frames,
                "-w",
                capture.toString(),
                "udp");
        BufferedReader said = tcpdump.inputReader(StandardCharsets.UTF_8);
        assertThat(said.readLine()).contains("listening on tap0");
        Station station = new Station(card.properties().address(), 0x0a090002);
        station.peer(MacAddress.parse("02:00:00:00:00:09"));
        IntStream.range(0, frames)
            .mapToObj(i -> station.udp(0x0a090001, 4000, 5000, new byte[i * 36]))
            .forEach(card::send);
        assertThat(tcpdump.waitFor()).isZero();
      }
    }
    List<String> lines =
        Namespace.command(
                "tshark",
                "-r",
                capture.toString(),
                "-o",
                "udp.check_checksum:TRUE",
                "-o",
                "ip.check_checksum:TRUE",
                "-T",
                "fields",
                "-e",
                "frame.len",
                "-e",
                "udp.length",
                "-e",
                "udp.checksum.status",
                "-e",
                "ip.checksum.status")
            .lines()
            .filter(line -> line.contains("\t"))
            .toList();
    // A status of 1 is "good".
    assertThat(lines)
        .isEqualTo(
            IntStream.range(0, frames)
                .mapToObj(i -> "%d\t%d\t1\t1".formatted(42 + i * 36, 8 + i * 36))
                .toList());
  }

  /** Two Linux network stacks, each behind a card, and between the cards a cable. */
  @Test
  void iperfRunsFromCardToCard() throws Exception {
    try (Namespace left = new Namespace();
        Namespace right = new Namespace()) {
      left.addTap("tap0", "10.9.0.1/24");
      right.addTap("tap0", "10.9.0.2/24");
      try (NicHarness leftCard = open(left, "tap0");
          NicHarness rightCard = open(right, "tap0")) {
        Process server = right.start("iperf3", "-s", "-1", "--forceflush");
        try (BufferedReader said = server.inputReader(StandardCharsets.UTF_8)) {
          String line = said.readLine();
          while (line != null && !line.contains("Server listening")) {
            line = said.readLine();
          }
          Process client = left.start("iperf3", "-c", "10.9.0.2", "-n", "8M", "-J");
          Thread there = Thread.ofPlatform().start(() -> connect(leftCard, rightCard, client));
          connect(rightCard, leftCard, client);
          there.join();
          String report =
              new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          assertThat(client.waitFor()).as(report).isZero();
          assertThat(report).contains("\"sum_received\"").doesNotContain("\"error\"");
        } finally {
          server.destroy();
        }
        assertThat(rightCard.statistics().sentBytes()).isGreaterThan(4 << 20);
        assertThat(leftCard.statistics().receivedFrames())
            .as("TCP left joined by the kernel")
            .isLessThan(rightCard.statistics().sentFrames());
      }
    }
  }

  /** Passes on what arrives, with all that is still to be done to it, while a process lives. */
  private static void connect(NicHarness from, NicHarness to, Process process) {
    while (process.isAlive()) {
      from.receive(Duration.ofMillis(20)).ifPresent(frame -> to.transmit(0, copy(frame)));
    }
  }

  private static NicFrame copy(ReceivedFrame frame) {
    return NicFrame.of(frame.bytes()).offload(frame.offload());
  }
}
