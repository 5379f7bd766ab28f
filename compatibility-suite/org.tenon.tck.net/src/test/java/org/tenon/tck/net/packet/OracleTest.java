package org.tenon.tck.net.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.spi.net.MacAddress;

/** The suite's reference against published numbers, and against Wireshark's own arithmetic. */
class OracleTest {
  private static final MacAddress HERE = MacAddress.parse("02:00:5e:00:53:01");
  private static final MacAddress THERE = MacAddress.parse("02:00:5e:00:53:02");

  /** The key and the first row of the verification suite for receive-side scaling. */
  @Test
  void toeplitzHashesThePublishedVector() {
    byte[] key =
        HexFormat.of()
            .parseHex(
                "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b4"
                    + "77cb2da38030f20c6a42b73bbeac01fa");
    List<Integer> numbers = new ArrayList<>();
    for (byte one : key) {
      numbers.add(one & 0xff);
    }
    byte[] addresses = {66, 9, (byte) 149, (byte) 187, (byte) 161, (byte) 142, 100, 80};
    byte[] withPorts =
        ByteBuffer.allocate(12)
            .put(addresses)
            .putShort((short) 2794)
            .putShort((short) 1766)
            .array();

    assertThat(Toeplitz.hash(addresses, numbers)).isEqualTo(0x323e8fc2);
    assertThat(Toeplitz.hash(withPorts, numbers)).isEqualTo(0x51ccc178);
  }

  /** The example of RFC 1071, section 3. */
  @Test
  void sumsAsTheStandardDoes() {
    byte[] words = {
      0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7
    };
    assertThat(Checksums.sum(0, words, 0, words.length)).isEqualTo(0xddf2);
  }

  @Test
  void wiresharkFindsNoWrongChecksumInSegments(@TempDir Path folder) throws Exception {
    Random random = new Random(7);
    List<byte[]> frames = new ArrayList<>();
    for (boolean ipv6 : new boolean[] {false, true}) {
      for (int options : new int[] {0, 12}) {
        byte[] payload = new byte[3001];
        random.nextBytes(payload);
        FrameMaker maker = new FrameMaker(THERE, HERE).tcpOptions(options).identification(0xfffe);
        byte[] frame = maker.partial(Flow.random(random, ipv6, Layers.TCP), payload);
        frames.addAll(Segmentation.cut(frame, FrameMaker.cuttingOf(frame, 701, false)));
        frames.add(maker.complete(Flow.random(random, ipv6, Layers.UDP), payload));
      }
    }
    assertThat(frames).allMatch(Checksums::areRight);
    List<String> statuses = tshark(folder, frames);
    assertThat(statuses).hasSameSizeAs(frames);
    assertThat(statuses).allMatch(line -> line.contains("1") && !line.contains("0"));

    byte[] spoilt = frames.getFirst().clone();
    spoilt[spoilt.length - 1] ^= 1;
    assertThat(Checksums.areRight(spoilt)).isFalse();
    assertThat(tshark(folder, List.of(spoilt)).getFirst()).contains("0");
  }

  /** For each frame the status of its checksums: 1 right, 0 wrong. */
  private static List<String> tshark(Path folder, List<byte[]> frames)
      throws IOException, InterruptedException {
    Path capture = folder.resolve("frames.pcap");
    Files.write(capture, pcap(frames));
    Process process =
        new ProcessBuilder(
                "tshark",
                "-r",
                capture.toString(),
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "udp.check_checksum:TRUE",
                "-o",
                "ip.check_checksum:TRUE",
                "-T",
                "fields",
                "-e",
                "ip.checksum.status",
                "-e",
                "tcp.checksum.status",
                "-e",
                "udp.checksum.status")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("tshark (package tshark)").isZero();
    return Arrays.stream(said.split("\n")).map(String::strip).toList();
  }

  private static byte[] pcap(List<byte[]> frames) {
    int bytes = 24 + frames.stream().mapToInt(frame -> 16 + frame.length).sum();
    ByteBuffer file = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
    file.putLong(0).putInt(65_535).putInt(1);
    for (byte[] frame : frames) {
      file.putLong(0).putInt(frame.length).putInt(frame.length).put(frame);
    }
    return file.array();
  }
}
