package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.samples.e1000.Gigabit.Received;
import org.tenon.spi.DriverException;

/** Frames on their way into guest memory, through the controller's own loop. */
class ReceiverTest {
  private static final String SOURCE = "0200000000aa";
  private static final int STRIP_CRC = 1 << 26;

  private static byte[] to(String station, int payload) {
    return Gigabit.frame(station + SOURCE + "88b5", payload);
  }

  @Test
  void aFrameComesWithItsCheckSequence() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      byte[] frame = to(Gigabit.STATION, 1000);
      card.send(frame);
      List<Received> all = card.take();
      assertThat(all).hasSize(1);
      byte[] bytes = all.getFirst().bytes();
      assertThat(Arrays.copyOf(bytes, frame.length)).isEqualTo(frame);
      CRC32 crc = new CRC32();
      crc.update(frame);
      assertThat(Integer.reverseBytes(Checksum.get32(bytes, frame.length)))
          .isEqualTo((int) crc.getValue());
      assertThat(all.getFirst().status()).as("DD, EOP, IXSM").isEqualTo(7);
      assertThat(card.read(Registers.ICR)).isEqualTo(0x83);
      assertThat(card.read(Statistics.GOOD_RECEIVED)).isEqualTo(1);
      assertThat(card.read(Statistics.GOOD_OCTETS_RECEIVED)).isEqualTo(frame.length + 4);
      assertThat(card.read(Statistics.GOOD_RECEIVED)).as("read before").isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "525400123456, 8000, true",
    "525400123457, 8000, false",
    "525400123457, 8008, true",
    "ffffffffffff, 8000, true",
    "ffffffffffff, 0000, false",
    "01005e000001, 8000, false",
    "01005e000001, 8010, true"
  })
  void whoIsMeantHears(String station, String control, boolean hears) throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      card.write(Registers.RCTL, Integer.parseInt(control, 16) | 0xc2 | STRIP_CRC);
      card.send(to(station, 100));
      assertThat(card.take()).hasSize(hears ? 1 : 0);
    }
  }

  /** Octets 4 and 5 of the address, as Linux hashes them: 0x003 of 01:00:5e:00:00:30 … */
  @Test
  void theMulticastTableTakesWhatItNames() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      card.write(Registers.MTA + 4 * (0x103 >> 5), 1 << (0x103 & 31));
      card.send(to("01005e003010", 100));
      assertThat(card.take()).hasSize(1);
      card.send(to("01005e003011", 100));
      assertThat(card.take()).isEmpty();
    }
  }

  @Test
  void aTagIsTakenOutAndAnotherVlanIsNotHeard() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      card.write(Registers.CTRL, 1 << 30);
      card.write(Registers.RCTL, Gigabit.RECEIVE | Gigabit.LOOPBACK | STRIP_CRC | 1 << 18);
      card.write(Registers.VFTA + 4 * (100 >> 5), 1 << (100 & 31));
      card.send(Gigabit.frame(Gigabit.STATION + SOURCE + "8100" + "2064" + "88b5", 200));
      card.send(Gigabit.frame(Gigabit.STATION + SOURCE + "8100" + "2065" + "88b5", 200));
      List<Received> all = card.take();
      assertThat(all).hasSize(1);
      assertThat(all.getFirst().bytes()).isEqualTo(to(Gigabit.STATION, 200));
      assertThat(all.getFirst().status() & 8).as("VP").isNotZero();
      assertThat(all.getFirst().special()).isEqualTo(0x2064);
    }
  }

  @Test
  void aLongFrameTakesSeveralDescriptors() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      byte[] frame = to(Gigabit.STATION, 9000);
      card.send(frame);
      assertThat(card.take()).as("no long packets yet").isEmpty();
      assertThat(card.read(Statistics.TOO_LONG)).isEqualTo(1);
      card.write(Registers.RCTL, Gigabit.RECEIVE | Gigabit.LOOPBACK | STRIP_CRC | 1 << 5);
      card.send(frame);
      List<Received> all = card.take();
      assertThat(all).hasSize(5);
      assertThat(all.subList(0, 4)).allMatch(part -> (part.status() & 2) == 0);
      assertThat(all.getLast().status() & 2).as("EOP").isNotZero();
      byte[] whole = new byte[frame.length];
      int at = 0;
      for (Received part : all) {
        System.arraycopy(part.bytes(), 0, whole, at, part.bytes().length);
        at += part.bytes().length;
      }
      assertThat(at).isEqualTo(frame.length);
      assertThat(whole).isEqualTo(frame);
    }
  }

  @Test
  void withoutDescriptorsAFrameIsMissed() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      for (int i = 0; i < Gigabit.RING; i++) {
        card.send(to(Gigabit.STATION, 100));
      }
      assertThat(card.read(Statistics.MISSED)).isEqualTo(1);
      assertThat(card.take()).hasSize(Gigabit.RING - 1);
    }
  }

  @Test
  void aBufferThatIsNoMemorySpoilsItsFrameOnly() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      card.descriptor(Gigabit.RECEIVE_RING, 0, 0xe0000000L, 0, 0);
      card.send(to(Gigabit.STATION, 100));
      card.send(to(Gigabit.STATION, 101));
      assertThat(card.word(Gigabit.RECEIVE_RING, 0, 3)).as("DD, EOP, RXE").isEqualTo(0x8003);
      assertThat(card.word(Gigabit.RECEIVE_RING, 1, 3)).isEqualTo(7);
    }
  }
}
