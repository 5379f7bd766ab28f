package org.tenon.hv.platform;

/**
 * One counter of an 8254 (data sheet: Intel 231164). Nothing ticks: count and output are functions
 * of the tick at which counting began. Ticks are those of the 1.193182 MHz input.
 */
final class PitChannel {
  /** {@link #nextRise} of an output that will not rise by itself. */
  static final long NEVER = Long.MAX_VALUE;

  private static final long STOPPED = -1;
  private static final int ACCESS_LOW = 1;
  private static final int ACCESS_HIGH = 2;

  private int access;
  private int mode;
  private boolean bcd;
  private int reload;
  private long start;
  private boolean gate;
  private int writeLow;
  private boolean readHigh;
  private int latch;
  private int status;

  PitChannel() {
    reset();
  }

  void reset() {
    access = 3;
    mode = 3;
    bcd = false;
    reload = 0x10000;
    start = STOPPED;
    gate = true;
    writeLow = -1;
    readHigh = false;
    latch = -1;
    status = -1;
  }

  /** A control word that names this channel. */
  void control(int word, long now) {
    int wanted = (word >>> 4) & 3;
    if (wanted == 0) {
      latchCount(now);
      return;
    }
    access = wanted;
    int code = (word >>> 1) & 7;
    mode = code > 5 ? code - 4 : code;
    bcd = (word & 1) != 0;
    start = STOPPED;
    writeLow = -1;
    readHigh = false;
    latch = -1;
    status = -1;
  }

  void latchCount(long now) {
    if (latch < 0) {
      latch = count(now);
    }
  }

  void latchStatus(long now) {
    if (status < 0) {
      int empty = start == STOPPED ? 0x40 : 0;
      status = (output(now) ? 0x80 : 0) | empty | access << 4 | mode << 1 | (bcd ? 1 : 0);
    }
  }

  int read(long now) {
    if (status >= 0) {
      int value = status;
      status = -1;
      return value;
    }
    boolean latched = latch >= 0;
    int value = latched ? latch : count(now);
    if (access == ACCESS_LOW || access == ACCESS_HIGH) {
      latch = -1;
      return (access == ACCESS_HIGH ? value >>> 8 : value) & 0xff;
    }
    boolean high = readHigh;
    readHigh = !readHigh;
    if (high) {
      latch = -1;
      return (value >>> 8) & 0xff;
    }
    return value & 0xff;
  }

  void write(int value, long now) {
    switch (access) {
      case ACCESS_LOW -> load(value, now);
      case ACCESS_HIGH -> load(value << 8, now);
      default -> {
        if (writeLow < 0) {
          writeLow = value;
          if (mode == 0) {
            start = STOPPED;
          }
        } else {
          int low = writeLow;
          writeLow = -1;
          load(value << 8 | low, now);
        }
      }
    }
  }

  private void load(int written, long now) {
    int count = bcd ? fromBcd(written) : written;
    reload = count == 0 ? (bcd ? 10000 : 0x10000) : count;
    boolean triggered = mode == 1 || mode == 5;
    if (!triggered) {
      start = now;
    } else if (start == STOPPED) {
      start = NEVER;
    }
  }

  boolean gate() {
    return gate;
  }

  /** Drives the gate: its rise triggers modes 1, 2, 3 and 5; low stops the others from counting. */
  void setGate(boolean level, long now) {
    boolean rises = level && !gate;
    gate = level;
    if (rises && start != STOPPED && mode != 0 && mode != 4) {
      start = now;
    }
  }

  private long elapsed(long now) {
    return start == STOPPED || start == NEVER ? 0 : Math.max(0, now - start);
  }

  private int count(long now) {
    long elapsed = elapsed(now);
    int modulus = bcd ? 10000 : 0x10000;
    long value =
        switch (mode) {
          case 2 -> reload - elapsed % reload;
          case 3 -> {
            int period = Math.max(2, reload & ~1);
            yield period - 2 * elapsed % period;
          }
          default -> Math.floorMod(reload - elapsed, (long) modulus);
        };
    int binary = (int) (value % modulus);
    return bcd ? toBcd(binary) : binary;
  }

  boolean output(long now) {
    long elapsed = elapsed(now);
    boolean counting = start != STOPPED && start != NEVER;
    return switch (mode) {
      case 0 -> counting && elapsed >= reload;
      case 1 -> !counting || elapsed >= reload;
      case 2 -> !counting || !gate || elapsed % reload != reload - 1;
      case 3 -> !counting || !gate || elapsed % reload < (reload + 1) / 2;
      default -> !counting || elapsed != reload;
    };
  }

  /** The first tick after {@code now} at which the output rises. */
  long nextRise(long now) {
    if (start == STOPPED || start == NEVER || !gate) {
      return NEVER;
    }
    long end = start + reload;
    return switch (mode) {
      case 2, 3 -> start + (elapsed(now) / reload + 1) * reload;
      case 4, 5 -> end + 1 > now ? end + 1 : NEVER;
      default -> end > now ? end : NEVER;
    };
  }

  private static int fromBcd(int value) {
    return (value >>> 12) * 1000
        + (value >>> 8 & 15) * 100
        + (value >>> 4 & 15) * 10
        + (value & 15);
  }

  private static int toBcd(int value) {
    return value / 1000 % 10 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
  }

  PitState.Channel save() {
    int control = access << 4 | mode << 1 | (bcd ? 1 : 0);
    return new PitState.Channel(control, reload, start, gate, writeLow, readHigh, latch, status);
  }

  void restore(PitState.Channel state) {
    access = state.control() >>> 4;
    mode = Math.min(5, state.control() >>> 1 & 7);
    bcd = (state.control() & 1) != 0;
    reload = state.reload();
    start = state.start();
    gate = state.gate();
    writeLow = state.writeLow();
    readHigh = state.readHigh();
    latch = state.latch();
    status = state.status();
  }
}
