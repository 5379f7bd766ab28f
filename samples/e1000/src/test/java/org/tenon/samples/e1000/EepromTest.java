package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.ResetLevel;

/** The two ways to the non-volatile memory, and what lies in it. */
class EepromTest {
  private static final int SK = 1;
  private static final int CS = 2;
  private static final int DI = 4;
  private static final int DO = 8;
  private static final int REQUEST = 0x40;

  private static Gigabit card() throws DriverException {
    return new Gigabit(Map.of("mac", Gigabit.MAC));
  }

  private static int word(Gigabit card, int address) {
    card.write(Registers.EERD, address << 8 | 1);
    int answer = card.read(Registers.EERD);
    assertThat(answer & 0x10).as("done").isNotZero();
    return answer >>> 16;
  }

  /** Clocks bits in, the first highest; answers those that came out, seen while the clock is up. */
  private static int clock(Gigabit card, int bits, int count) {
    int out = 0;
    for (int i = count - 1; i >= 0; i--) {
      int lines = REQUEST | CS | ((bits >> i & 1) != 0 ? DI : 0);
      card.write(Registers.EECD, lines);
      card.write(Registers.EECD, lines | SK);
      out = out << 1 | ((card.read(Registers.EECD) & DO) != 0 ? 1 : 0);
      card.write(Registers.EECD, lines);
    }
    return out;
  }

  @Test
  void itHoldsTheAddressAndItsSum() throws DriverException {
    try (Gigabit card = card()) {
      assertThat(word(card, 0)).isEqualTo(0x5452);
      assertThat(word(card, 1)).isEqualTo(0x1200);
      assertThat(word(card, 2)).isEqualTo(0x5634);
      int sum = 0;
      for (int i = 0; i < 64; i++) {
        sum += word(card, i);
      }
      assertThat(sum & 0xffff).isEqualTo(0xbaba);
    }
  }

  @Test
  void microwireReadsTheSameWords() throws DriverException {
    try (Gigabit card = card()) {
      assertThat(card.read(Registers.EECD) & 0x80).isZero();
      for (int address = 0; address < 64; address++) {
        clock(card, 0b110 << 6 | address, 9);
        assertThat(clock(card, 0, 16)).as("word %d", address).isEqualTo(word(card, address));
        card.write(Registers.EECD, REQUEST);
      }
      assertThat(card.read(Registers.EECD) & 0x80).as("granted").isNotZero();
    }
  }

  @Test
  void anEraseIsIgnored() throws DriverException {
    try (Gigabit card = card()) {
      clock(card, 0b111 << 6, 9);
      card.write(Registers.EECD, 0);
      assertThat(word(card, 0)).isEqualTo(0x5452);
    }
  }

  @Test
  void aResetLoadsTheAddress() throws DriverException {
    try (Gigabit card = card()) {
      assertThat(card.read(Registers.RAL)).isEqualTo(0x12005452);
      assertThat(card.read(Registers.RAL + 4)).isEqualTo(0x80005634);
      card.write(Registers.RAL, 0);
      card.device.functionReset(ResetLevel.FUNCTION);
      assertThat(card.read(Registers.RAL)).isEqualTo(0x12005452);
    }
  }

  /** As Linux does it, because a memory write of the reset bit is never answered. */
  @Test
  void portsReachTheSameRegisters() throws DriverException {
    try (Gigabit card = card()) {
      card.write(Registers.FCAL, 0x1234);
      card.device.write(E1000Driver.PORT_BAR, 0, 4, Registers.FCAL);
      assertThat(card.device.read(E1000Driver.PORT_BAR, 4, 4)).isEqualTo(0x1234);
      card.device.write(E1000Driver.PORT_BAR, 0, 4, Registers.CTRL);
      card.device.write(E1000Driver.PORT_BAR, 4, 4, 1 << 26);
      assertThat(card.read(Registers.FCAL)).isZero();
      card.device.write(E1000Driver.PORT_BAR, 0, 4, 0xfffffffcL);
      assertThat(card.device.read(E1000Driver.PORT_BAR, 4, 4)).isZero();
    }
  }
}
