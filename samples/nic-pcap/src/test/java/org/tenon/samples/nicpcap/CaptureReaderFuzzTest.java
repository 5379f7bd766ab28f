package org.tenon.samples.nicpcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile captures: every one is read to its end or ends in one clear error. */
class CaptureReaderFuzzTest {
  private static final int ROUNDS = 20_000;

  @TempDir Path folder;

  private static byte[] pcap(ByteOrder order) {
    ByteBuffer file = ByteBuffer.allocate(24 + 2 * (16 + 60)).order(order);
    file.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
    file.putInt(262_144).putInt(1);
    for (int i = 0; i < 2; i++) {
      file.putInt(1_700_000_000).putInt(i).putInt(60).putInt(60).put(new byte[60]);
    }
    return file.array();
  }

  private static byte[] pcapng(ByteOrder order) {
    ByteBuffer file = ByteBuffer.allocate(28 + 32 + 96 + 76 + 20).order(order);
    file.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putShort((short) 1);
    file.putShort((short) 0).putLong(-1).putInt(28);
    file.putInt(1).putInt(32).putShort((short) 1).putShort((short) 0).putInt(0);
    file.putShort((short) 9).putShort((short) 1).put((byte) 9).put(new byte[3]);
    file.putInt(0).putInt(32);
    file.putInt(6).putInt(96).putInt(0).putInt(0x18a0).putInt(7).putInt(64).putInt(64);
    file.put(new byte[64]).putInt(96);
    file.putInt(3).putInt(76).putInt(60).put(new byte[60]).putInt(76);
    file.putInt(5).putInt(20).putLong(0).putInt(20);
    return file.array();
  }

  @Test
  void theSeedsAreWhole() throws Exception {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      assertThat(frames(pcap(order))).isEqualTo(2);
      assertThat(frames(pcapng(order))).isEqualTo(2);
    }
  }

  @Test
  void hostileCapturesEndInOneClearError() throws Exception {
    Random random = new Random(20261122);
    byte[][] seeds = {
      pcap(ByteOrder.LITTLE_ENDIAN),
      pcap(ByteOrder.BIG_ENDIAN),
      pcapng(ByteOrder.LITTLE_ENDIAN),
      pcapng(ByteOrder.BIG_ENDIAN)
    };
    int damaged = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] file = mutate(seeds[i % seeds.length], random);
      try {
        frames(file);
      } catch (CaptureException e) {
        damaged++;
        assertThat(e).hasMessageMatching(".*: byte \\d+: .*; check it with capinfos.*");
      }
    }
    assertThat(damaged).isBetween(ROUNDS / 10, ROUNDS);
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] file = seed.clone();
    for (int i = random.nextInt(5); i > 0; i--) {
      int at = random.nextInt(file.length);
      file[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) 0xff;
            case 1 -> 0;
            case 2 -> (byte) (file[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt();
          };
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(file, random.nextInt(file.length + 1)) : file;
  }

  /** How many frames there are; each lies within what was read. */
  private int frames(byte[] bytes) throws Exception {
    Path file = Files.write(folder.resolve("capture"), bytes);
    int frames = 0;
    try (CaptureReader reader = CaptureReader.open(file)) {
      while (reader.next()) {
        frames++;
        assertThat(reader.length()).isBetween(0, bytes.length);
        assertThat(reader.offset() + reader.length()).isLessThanOrEqualTo(reader.bytes().length);
      }
    }
    return frames;
  }
}
