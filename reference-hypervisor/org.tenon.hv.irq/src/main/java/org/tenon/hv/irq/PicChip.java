package org.tenon.hv.irq;

/** One 8259A (data sheet: Intel 231468). The pair wires two of them together. */
final class PicChip {
  private static final int NEEDS_ICW4 = 1;
  private static final int AUTO_EOI = 1 << 1;
  private static final int ROTATE_ON_AUTO_EOI = 1 << 2;
  private static final int SPECIAL_MASK = 1 << 3;
  private static final int SPECIAL_NESTED = 1 << 4;
  private static final int READ_ISR = 1 << 5;
  private static final int POLL = 1 << 6;

  private final int cascade;
  private int lines;
  private int irr;
  private int isr;
  private int imr;
  private int elcr;
  private int base;
  private int lowest;
  private int step;
  private int flags;

  /** A chip; {@code cascade} is the mask of the input that carries the slave, or 0. */
  PicChip(int cascade) {
    this.cascade = cascade;
    reset();
  }

  void reset() {
    irr = 0;
    isr = 0;
    imr = 0xff;
    elcr = 0;
    base = 0;
    lowest = 7;
    step = 0;
    flags = 0;
  }

  void setLine(int input, boolean asserted) {
    int bit = 1 << input;
    if (!asserted) {
      lines &= ~bit;
      // An edge request is withdrawn with its line too: the 8259 wants it held until the
      // acknowledge cycle, but
      // devices of a PC pulse; only level requests follow the line down.
      if ((elcr & bit) != 0) {
        irr &= ~bit;
      }
    } else {
      if ((elcr & bit) != 0 || (lines & bit) == 0) {
        irr |= bit;
      }
      lines |= bit;
    }
  }

  /** The cascade follows the slave's output exactly. */
  void setCascade(boolean asserted) {
    if (asserted) {
      lines |= cascade;
      irr |= cascade;
    } else {
      lines &= ~cascade;
      irr &= ~cascade;
    }
  }

  /** The input that asks for service and may have it, or -1. */
  int pending() {
    int requests = irr & ~imr;
    if (requests == 0) {
      return -1;
    }
    int blocked = isr;
    if ((flags & SPECIAL_MASK) != 0) {
      blocked &= ~imr;
    }
    if ((flags & SPECIAL_NESTED) != 0) {
      blocked &= ~cascade;
    }
    for (int i = 1; i <= 8; i++) {
      int input = (lowest + i) & 7;
      int bit = 1 << input;
      if ((requests & bit) != 0 && (blocked & bit) == 0) {
        return input;
      }
      if ((blocked & bit) != 0 && (flags & SPECIAL_MASK) == 0) {
        return -1;
      }
    }
    return -1;
  }

  /**
   * Ends an acknowledge cycle for the input, and returns it; 7 when the request is gone (spurious).
   */
  int acknowledge() {
    int input = pending();
    if (input < 0) {
      return 7;
    }
    int bit = 1 << input;
    if ((flags & AUTO_EOI) == 0) {
      isr |= bit;
    } else if ((flags & ROTATE_ON_AUTO_EOI) != 0) {
      lowest = input;
    }
    if ((elcr & bit) == 0 && bit != cascade) {
      irr &= ~bit;
    }
    return input;
  }

  int vector(int input) {
    return base | input;
  }

  /** Reads port 0 (IRR, ISR or poll) or port 1 (IMR). */
  int read(int port) {
    if ((flags & POLL) != 0) {
      flags &= ~POLL;
      int input = pending();
      return input < 0 ? 0 : 0x80 | acknowledge();
    }
    if (port == 1) {
      return imr;
    }
    return (flags & READ_ISR) != 0 ? isr : irr;
  }

  void write(int port, int value) {
    if (port == 0) {
      if ((value & 0x10) != 0) {
        initialise(value);
      } else if ((value & 0x08) != 0) {
        control(value);
      } else {
        endOfInterrupt(value);
      }
      return;
    }
    switch (step) {
      case 2 -> {
        base = value & 0xf8;
        step = 3;
      }
      case 3 -> step = (flags & NEEDS_ICW4) != 0 ? 4 : 0;
      case 4 -> {
        flags = (value & 2) != 0 ? flags | AUTO_EOI : flags & ~AUTO_EOI;
        flags = (value & 0x10) != 0 ? flags | SPECIAL_NESTED : flags & ~SPECIAL_NESTED;
        step = 0;
      }
      default -> imr = value;
    }
  }

  /** ICW1 begins the initialisation sequence. Single mode (no ICW3) does not exist in a PC. */
  private void initialise(int value) {
    irr = lines & elcr;
    isr = 0;
    imr = 0;
    lowest = 7;
    flags = value & NEEDS_ICW4;
    step = 2;
  }

  /** OCW3: special mask mode, poll, which register port 0 reads. */
  private void control(int value) {
    if ((value & 0x40) != 0) {
      flags = (value & 0x20) != 0 ? flags | SPECIAL_MASK : flags & ~SPECIAL_MASK;
    }
    if ((value & 0x04) != 0) {
      flags |= POLL;
    }
    if ((value & 0x02) != 0) {
      flags = (value & 0x01) != 0 ? flags | READ_ISR : flags & ~READ_ISR;
    }
  }

  /** OCW2: the eight end-of-interrupt and rotation commands. */
  private void endOfInterrupt(int value) {
    int level = value & 7;
    switch (value >>> 5) {
      case 0 -> flags &= ~ROTATE_ON_AUTO_EOI;
      case 4 -> flags |= ROTATE_ON_AUTO_EOI;
      case 1 -> finishHighest();
      case 5 -> {
        int finished = finishHighest();
        if (finished >= 0) {
          lowest = finished;
        }
      }
      case 3 -> isr &= ~(1 << level);
      case 7 -> {
        isr &= ~(1 << level);
        lowest = level;
      }
      case 6 -> lowest = level;
      default -> {}
    }
  }

  private int finishHighest() {
    for (int i = 1; i <= 8; i++) {
      int input = (lowest + i) & 7;
      if ((isr & 1 << input) != 0) {
        isr &= ~(1 << input);
        return input;
      }
    }
    return -1;
  }

  int elcr() {
    return elcr;
  }

  void setElcr(int value, int writable) {
    elcr = value & writable;
  }

  PicState.Chip save() {
    return new PicState.Chip(lines, irr, isr, imr, elcr, base, lowest, step, flags);
  }

  void restore(PicState.Chip state) {
    lines = state.lines();
    irr = state.irr();
    isr = state.isr();
    imr = state.imr();
    elcr = state.elcr();
    base = state.base();
    lowest = state.lowest();
    step = state.step();
    flags = state.flags();
  }
}
