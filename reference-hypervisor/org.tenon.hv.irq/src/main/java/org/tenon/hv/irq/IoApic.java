package org.tenon.hv.irq;

import java.util.Arrays;
import org.tenon.hv.bus.RegisterBlock;

/**
 * The I/O APIC: 24 input pins, each with a redirection entry (82093AA data sheet, with the EOI
 * register of version 20H).
 */
public final class IoApic implements RegisterBlock {
  /** Input pins. */
  public static final int PINS = 24;

  /** Bytes of its memory-mapped window. */
  public static final int WINDOW = 0x1000;

  private static final int SELECT = 0x00;
  private static final int DATA = 0x10;
  private static final int EOI = 0x40;

  private static final long MASKED = 1 << 16;
  private static final long LEVEL = 1 << 15;
  private static final long REMOTE_IRR = 1 << 14;
  private static final long ACTIVE_LOW = 1 << 13;
  private static final long LOGICAL = 1 << 11;
  private static final long READ_ONLY = REMOTE_IRR | 1 << 12;
  private static final long KEPT = 0xff00_0000_0001_ffffL;
  private static final int VERSION = 0x20 | (PINS - 1) << 16;

  private final ApicBus bus;
  private final long[] entries = new long[PINS];
  private int id;
  private int select;
  private int lines;

  /** After power-on, attached to the bus. */
  public IoApic(ApicBus bus) {
    this.bus = bus;
    reset();
    bus.attach(this);
  }

  /** To the state after power-on; the pins keep their levels. */
  public void reset() {
    id = 0;
    select = 0;
    for (int i = 0; i < PINS; i++) {
      entries[i] = MASKED;
    }
  }

  /**
   * Drives a pin. Levels are logical: asserted means active, whatever polarity the guest has
   * programmed, since device and tables agree on it.
   */
  public void setPin(int pin, boolean asserted) {
    int bit = 1 << pin;
    boolean was = (lines & bit) != 0;
    lines = asserted ? lines | bit : lines & ~bit;
    if (asserted && (isLevel(pin) || !was)) {
      deliver(pin);
    }
  }

  private boolean isLevel(int pin) {
    return (entries[pin] & LEVEL) != 0;
  }

  private void deliver(int pin) {
    long entry = entries[pin];
    if ((entry & MASKED) != 0) {
      return;
    }
    boolean level = isLevel(pin);
    if (level) {
      if ((entry & REMOTE_IRR) != 0) {
        return;
      }
      entries[pin] = entry | REMOTE_IRR;
    }
    bus.deliver(
        new InterruptMessage(
            (int) (entry >>> 56),
            (entry & LOGICAL) != 0,
            false,
            DeliveryMode.of((int) entry),
            (int) entry & 0xff,
            level));
  }

  /**
   * A local APIC has finished this vector: level-triggered pins that are still active are delivered
   * again.
   */
  void endOfInterrupt(int vector) {
    for (int pin = 0; pin < PINS; pin++) {
      if ((entries[pin] & 0xff) == vector && (entries[pin] & REMOTE_IRR) != 0) {
        entries[pin] &= ~REMOTE_IRR;
        if (isLevel(pin) && (lines & 1 << pin) != 0) {
          deliver(pin);
        }
      }
    }
  }

  @Override
  public long read(int offset, int size) {
    return switch (offset) {
      case SELECT -> select;
      case DATA -> Integer.toUnsignedLong(readSelected());
      default -> 0;
    };
  }

  @Override
  public void write(int offset, int size, long value) {
    switch (offset) {
      case SELECT -> select = (int) value & 0xff;
      case DATA -> writeSelected(value);
      case EOI -> endOfInterrupt((int) value & 0xff);
      default -> {}
    }
  }

  private int readSelected() {
    return switch (select) {
      case 0, 2 -> id << 24;
      case 1 -> VERSION;
      default -> {
        int pin = (select - 0x10) >> 1;
        if (select < 0x10 || pin >= PINS) {
          yield 0;
        }
        yield (int) (entries[pin] >>> ((select & 1) == 0 ? 0 : 32));
      }
    };
  }

  private void writeSelected(long value) {
    int pin = (select - 0x10) >> 1;
    if (select == 0) {
      id = (int) (value >>> 24) & 0xf;
    } else if (select >= 0x10 && pin < PINS) {
      long old = entries[pin];
      long written =
          (select & 1) == 0
              ? (old & 0xffff_ffff_0000_0000L) | (value & 0xffff_ffffL)
              : (old & 0xffff_ffffL) | value << 32;
      long entry = (written & KEPT & ~READ_ONLY) | (old & READ_ONLY);
      if ((entry & LEVEL) == 0) {
        entry &= ~REMOTE_IRR;
      }
      entries[pin] = entry;
      if (isLevel(pin) && (lines & 1 << pin) != 0) {
        deliver(pin);
      }
    }
  }

  /** What must survive a save. */
  public IoApicState save() {
    return new IoApicState(id, select, Arrays.stream(entries).boxed().toList(), lines);
  }

  /** Takes up saved state. */
  public void restore(IoApicState state) {
    id = state.id();
    select = state.select();
    lines = state.lines();
    Arrays.setAll(entries, state.entries()::get);
  }

  /** A redirection entry as a trace shows it. */
  public String describe(int pin) {
    long entry = entries[pin];
    return "pin %d: vector %02x %s %s dest %02x%s%s"
        .formatted(
            pin,
            entry & 0xff,
            DeliveryMode.of((int) entry),
            isLevel(pin) ? "level" : "edge",
            entry >>> 56,
            (entry & ACTIVE_LOW) != 0 ? " low" : "",
            (entry & MASKED) != 0 ? " masked" : "");
  }
}
