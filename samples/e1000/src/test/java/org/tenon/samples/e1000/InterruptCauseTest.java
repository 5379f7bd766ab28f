package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.spi.DriverException;

/** When the pin is high. */
class InterruptCauseTest {
  private static Gigabit card() throws DriverException {
    return new Gigabit(Map.of());
  }

  @Test
  void aCauseIsHeardUnlessItIsMasked() throws DriverException {
    try (Gigabit card = card()) {
      card.write(Registers.ICS, 4);
      assertThat(card.device.pin()).isFalse();
      card.write(Registers.IMS, 4);
      assertThat(card.device.pin()).isTrue();
      card.write(Registers.IMC, 4);
      assertThat(card.device.pin()).isFalse();
      assertThat(card.read(Registers.IMS)).isZero();
      assertThat(card.read(Registers.ICR)).isEqualTo(4);
      assertThat(card.read(Registers.ICR)).as("read before").isZero();
    }
  }

  @Test
  void itIsHeardNoMoreOftenThanTheGuestWants() throws DriverException {
    try (Gigabit card = card()) {
      card.write(Registers.ITR, 1000);
      card.write(Registers.IMS, 4);
      card.write(Registers.ICS, 4);
      assertThat(card.device.pin()).as("the first").isTrue();
      card.read(Registers.ICR);
      card.write(Registers.ICS, 4);
      assertThat(card.device.pin()).as("too soon").isFalse();
      card.device.advance(Duration.ofNanos(255_999));
      assertThat(card.device.pin()).isFalse();
      card.device.advance(Duration.ofNanos(1));
      assertThat(card.device.pin()).isTrue();
    }
  }

  @Test
  void delayedReportsGatherUntilTheFirstIsTooOld() throws DriverException {
    try (Gigabit card = Gigabit.looped()) {
      card.write(Registers.RDTR, 100);
      card.write(Registers.RADV, 150);
      card.write(Registers.IMS, 0x80);
      byte[] frame = Gigabit.frame(Gigabit.STATION + "0200000000aa" + "88b5", 100);
      card.send(frame);
      card.device.advance(Duration.ofNanos(90 * 1024));
      card.send(frame);
      card.device.advance(Duration.ofNanos(59 * 1024));
      assertThat(card.device.pin()).isFalse();
      card.device.advance(Duration.ofNanos(1024));
      assertThat(card.device.pin()).isTrue();
    }
  }

  @Test
  void theTransceiverSaysWhoItIs() throws DriverException {
    try (Gigabit card = card()) {
      card.write(Registers.MDIC, 2 << 26 | 1 << 21 | 2 << 16 | 1 << 29);
      assertThat(card.read(Registers.MDIC) & 0xffff).isEqualTo(0x0141);
      assertThat(card.read(Registers.ICR)).isEqualTo(0x200);
      card.write(Registers.MDIC, 2 << 26 | 2 << 21 | 2 << 16);
      assertThat(card.read(Registers.MDIC) & 1 << 30).as("nobody at address 2").isNotZero();
    }
  }
}
