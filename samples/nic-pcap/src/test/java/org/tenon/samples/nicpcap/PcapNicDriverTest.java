package org.tenon.samples.nicpcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicBuffer;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.ReceivedFrame;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.DriverException;

/** The card against tshark, text2pcap and editcap, which read and write captures on their own. */
class PcapNicDriverTest {
  private static final Duration ALREADY = Duration.ZERO;

  @TempDir Path folder;

  private static byte[] frame(int length) {
    byte[] frame = new byte[length];
    new Random(length).nextBytes(frame);
    frame[12] = (byte) 0x88;
    frame[13] = (byte) 0xb5;
    return frame;
  }

  /** A capture of these frames, a millisecond apart, made by text2pcap. */
  private Path capture(String format, List<byte[]> frames) throws Exception {
    StringBuilder dump = new StringBuilder();
    for (int i = 0; i < frames.size(); i++) {
      dump.append("2026-11-22T10:00:00.%03d000Z\n".formatted(i));
      byte[] bytes = frames.get(i);
      for (int at = 0; at < bytes.length; at++) {
        dump.append(at % 16 == 0 ? "%n%06x".formatted(at) : "")
            .append(" %02x".formatted(bytes[at]));
      }
      dump.append("\n");
    }
    Path text = Files.writeString(folder.resolve("frames.txt"), dump);
    Path capture = folder.resolve("frames." + format);
    run("text2pcap", "-q", "-t", "ISO", "-F", format, text.toString(), capture.toString());
    return capture;
  }

  private static NicHarness.Builder card(Map<String, String> settings) {
    return NicHarness.of(new PcapNicDriverFactory()).settings(settings);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pcap", "nsecpcap", "pcapng"})
  void whatACaptureHoldsArrives(String format) throws Exception {
    List<byte[]> frames =
        IntStream.range(14, 114).mapToObj(i -> frame(i * 13 % 1500 + 14)).toList();
    Path input = capture(format, frames);
    try (NicHarness card = card(Map.of("input", input.toString())).open()) {
      for (byte[] frame : frames) {
        assertThat(card.receive().bytes()).isEqualTo(frame);
      }
      assertThat(card.receive(Duration.ofMillis(1))).isEmpty();
      assertThat(card.statistics().receivedFrames()).isEqualTo(frames.size());
      assertThat(card.health()).isEqualTo(Health.up());
    }
  }

  @Test
  void tsharkReadsWhatWasSent() throws Exception {
    Path output = folder.resolve("out.pcapng");
    List<byte[]> frames = IntStream.range(14, 514).mapToObj(i -> frame(i * 7 % 1509 + 14)).toList();
    try (NicHarness card = card(Map.of("output", output.toString())).open()) {
      card.transmit(0, frames.stream().map(f -> NicFrame.of(f).segments(1, f.length - 1)).toList())
          .forEach(sending -> assertThat(sending.await()).isEqualTo(Status.OK));
      assertThat(card.transmit(0, NicFrame.of(new byte[13])).await()).isEqualTo(Status.INVALID);
      assertThat(card.transmit(0, NicFrame.of(new byte[1523])).await()).isEqualTo(Status.INVALID);
      assertThat(card.statistics().sentFrames()).isEqualTo(frames.size());
      assertThat(card.statistics().sendErrors()).isEqualTo(2);
    }
    assertThat(run("capinfos", "-tcE", output.toString()))
        .contains("pcapng", "Number of packets:   500", "Ethernet");
    Path back = folder.resolve("back.pcap");
    run("editcap", "-F", "pcap", output.toString(), back.toString());
    try (NicHarness card = card(Map.of("input", back.toString())).open()) {
      for (byte[] frame : frames) {
        assertThat(card.receive().bytes()).isEqualTo(frame);
      }
    }
    String times = run("tshark", "-r", output.toString(), "-T", "fields", "-e", "frame.time_delta");
    assertThat(times.lines().filter(line -> line.matches("-.*"))).isEmpty();
  }

  @Test
  void asCapturedFramesComeWhenTheyAreDue() throws Exception {
    Path input = capture("pcapng", List.of(frame(60), frame(61), frame(62)));
    VirtualClock clock = new VirtualClock();
    try (NicHarness card =
        card(Map.of("input", input.toString(), "timing", "captured"))
            .clock(clock)
            .buffers(0, 1)
            .openOnly()) {
      card.start();
      awaitTimer(clock);
      assertThat(card.statistics().droppedNoBuffer()).as("the first came at once").isEqualTo(1);
      card.post(0, List.of(NicBuffer.of(100), NicBuffer.of(100)));
      card.awaitBuffers();
      clock.advance(Duration.ofMillis(1).minusNanos(1));
      assertThat(card.receive(ALREADY)).isEmpty();
      clock.advance(Duration.ofNanos(1));
      assertThat(card.receive().bytes()).hasSize(61);
      awaitTimer(clock);
      clock.advance(Duration.ofMillis(1));
      assertThat(card.receive().bytes()).hasSize(62);
    }
  }

  private static void awaitTimer(VirtualClock clock) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (clock.pending() == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(clock.pending()).isEqualTo(1);
  }

  @Test
  void fastFramesWaitForBuffers() throws Exception {
    Path input = capture("pcap", List.of(frame(600), frame(601)));
    try (NicHarness card = card(Map.of("input", input.toString())).buffers(0, 1).open()) {
      card.post(0, List.of(NicBuffer.of(400)));
      assertThat(card.receive(Duration.ofMillis(1))).isEmpty();
      card.post(0, List.of(NicBuffer.of(200), NicBuffer.of(700)));
      ReceivedFrame first = card.receive();
      assertThat(first.bytes()).hasSize(600);
      assertThat(first.buffers()).isEqualTo(2);
      assertThat(card.receive().bytes()).hasSize(601);
      assertThat(card.statistics().droppedNoBuffer()).isZero();
    }
  }

  @Test
  void restGivesEverythingBack() throws Exception {
    Path output = folder.resolve("out.pcapng");
    try (NicHarness card = card(Map.of("output", output.toString())).open()) {
      card.quiesce();
      assertThat(card.posted()).isEmpty();
      card.resume();
      card.awaitBuffers();
      card.send(frame(60));
      card.reset();
      card.send(frame(61));
    }
    assertThat(run("capinfos", "-c", output.toString())).contains("packets:   2");
  }

  @Test
  void framesThatAreNotWholeDoNotArrive() throws Exception {
    Path whole = capture("pcap", List.of(frame(500), frame(60), frame(1600)));
    Path cut = folder.resolve("cut.pcap");
    run("editcap", "-s", "100", whole.toString(), cut.toString());
    try (NicHarness card = card(Map.of("input", cut.toString())).open()) {
      assertThat(card.receive().bytes()).hasSize(60);
    }
    try (NicHarness card = card(Map.of("input", whole.toString())).open()) {
      assertThat(card.receive().bytes()).hasSize(500);
      assertThat(card.receive().bytes()).hasSize(60);
      card.quiesce();
      assertThat(card.statistics().droppedTooLong()).isEqualTo(1);
    }
  }

  @Test
  void aDamagedCaptureSaysWhereAndHowToMendIt() throws Exception {
    Path input = capture("pcapng", List.of(frame(60), frame(61)));
    byte[] bytes = Files.readAllBytes(input);
    Files.write(input, java.util.Arrays.copyOf(bytes, bytes.length - 10));
    try (NicHarness card = card(Map.of("input", input.toString())).open()) {
      assertThat(card.receive().bytes()).hasSize(60);
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (card.health().equals(Health.up()) && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(card.health().message())
          .contains(input.toString(), "the file ends within a packet", "capinfos");
      card.send(frame(60));
    }
  }

  @Test
  void whatCannotBeOpenedSaysHowToMendIt() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "not a capture");
    Path empty = Files.createFile(folder.resolve("empty"));
    Path output = folder.resolve("missing/out.pcapng");
    assertRefused(Map.of("input", text.toString()), "neither pcap nor pcapng");
    assertRefused(Map.of("input", empty.toString()), "is empty");
    assertRefused(Map.of("input", folder.resolve("gone").toString()), "does not exist");
    assertRefused(Map.of("input", folder.toString()), "cannot read");
    assertRefused(Map.of("output", output.toString()), "check the folder");
    assertRefused(Map.of("timing", "slow"), "write fast or captured");
    Path both = capture("pcap", List.of(frame(60)));
    assertRefused(Map.of("input", both.toString(), "output", both.toString()), "give two");
    Path wlan = folder.resolve("wlan.pcap");
    run("editcap", "-F", "pcap", "-T", "ieee-802-11", both.toString(), wlan.toString());
    assertRefused(Map.of("input", wlan.toString()), "link type 105, not Ethernet's");
  }

  private static void assertRefused(Map<String, String> settings, String mend) {
    assertThatThrownBy(() -> card(settings).open())
        .isInstanceOf(DriverException.class)
        .hasMessageContaining(mend)
        .hasMessageNotContaining("\n");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("%s: %s (these tests need tshark)", String.join(" ", command), output)
        .isZero();
    return output;
  }
}
