package org.tenon.samples.e1000;

import java.time.Duration;
import java.util.Map;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.kit.testing.GuestRam;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.ResetLevel;

/**
 * A guest that turns a fuzzer's bytes into accesses of registers that mean something, and into
 * descriptors of any content. The checking host reports what the driver does wrong: throws, blocks,
 * touches the guest when it must not. What is sent comes back, so that both ways are walked.
 */
final class ControllerProgram {
  private static final int[] REGISTERS = {
    Registers.CTRL,
    Registers.EECD,
    Registers.EERD,
    Registers.MDIC,
    Registers.VET,
    Registers.ICR,
    Registers.ITR,
    Registers.ICS,
    Registers.IMS,
    Registers.IMC,
    Registers.RCTL,
    Registers.TCTL,
    Registers.RDBAL,
    Registers.RDBAL + Registers.BAH,
    Registers.RDBAL + Registers.LEN,
    Registers.RDH,
    Registers.RDT,
    Registers.RDTR,
    Registers.RADV,
    Registers.TDBAL,
    Registers.TDBAL + Registers.BAH,
    Registers.TDBAL + Registers.LEN,
    Registers.TDH,
    Registers.TDT,
    Registers.TIDV,
    Registers.TADV,
    Registers.RXCSUM,
    Registers.RAL,
    Registers.RAL + 4,
    Registers.MTA,
    Registers.VFTA,
    Registers.STATUS,
  };

  private final byte[] bytes;
  private final Gigabit card;
  private final DeviceHarness device;
  private int at;

  private ControllerProgram(byte[] bytes, Gigabit card) {
    this.bytes = bytes;
    this.card = card;
    device = card.device;
  }

  /** Runs one; answers how many frames were received. */
  static int run(byte[] bytes) {
    try (Gigabit card = new Gigabit(Map.of("mac", Gigabit.MAC))) {
      card.setUp(Gigabit.RECEIVE | Gigabit.LOOPBACK | 1 << 3 | 1 << 5);
      return new ControllerProgram(bytes, card).run();
    } catch (DriverException e) {
      throw new AssertionError(e);
    }
  }

  private int run() {
    int frames = 0;
    while (at < bytes.length) {
      switch (u8() % 8) {
        case 0 -> card.write(REGISTERS[u8() % REGISTERS.length], u32());
        case 1 -> card.write(REGISTERS[u8() % REGISTERS.length], u8());
        case 2 -> card.write(u8() << 9 | u8() << 2, u32());
        case 3 -> card.read(REGISTERS[u8() % REGISTERS.length]);
        case 4 -> outside();
        default -> transmit();
      }
      device.settle();
      frames += card.read(Statistics.GOOD_RECEIVED);
    }
    return frames;
  }

  private void outside() {
    switch (u8() % 6) {
      case 0 -> device.setBusMaster(u8() % 4 != 0);
      case 1 -> device.advance(Duration.ofNanos(u32() & 0xffffffL));
      case 2 -> device.functionReset(u8() % 4 == 0 ? ResetLevel.FUNCTION : ResetLevel.POWER);
      case 3 -> {
        device.quiesce();
        device.resume();
      }
      case 4 -> device.write(E1000Driver.PORT_BAR, u8() & 0x3c, 4, u32() & 0xffffffffL);
      default -> card.setUp(Gigabit.RECEIVE | Gigabit.LOOPBACK | 1 << 3 | 1 << 5);
    }
  }

  /** Some descriptors, likely of one packet, and the tail behind them. */
  private void transmit() {
    for (int left = 1 + u8() % 4; left > 0; left--) {
      int kind = u8();
      long address =
          (kind & 1) != 0 ? GuestRam.BASE + (u32() & 0x3fffff) : Integer.toUnsignedLong(u32());
      int length = (kind & 2) != 0 ? u8() | u8() << 8 : u32() & 0xfffff;
      int command = u8() << 24;
      int type = (kind & 0x0c) == 0 ? 0 : 1 << 20;
      card.queue(address, command | type | length, u32());
    }
    card.send();
  }

  private int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private int u32() {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }
}
