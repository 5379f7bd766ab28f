package org.tenon.hv.platform;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.irq.IrqLine;

/**
 * The CMOS real-time clock, an MC146818: time of day in UTC, alarm, periodic and update-ended
 * interrupts, 114 bytes of memory. The century is register 32H, as the FADT says.
 */
public final class Rtc implements RegisterBlock {
  /** The register of the century. */
  public static final int CENTURY = 0x32;

  private static final long SECOND = 1_000_000_000L;
  private static final long UPDATE_LASTS = 244_000;

  private static final int A = 0x0a;
  private static final int B = 0x0b;
  private static final int C = 0x0c;
  private static final int D = 0x0d;
  private static final int B_SET = 0x80;
  private static final int B_BINARY = 0x04;
  private static final int B_24_HOURS = 0x02;
  private static final int PERIODIC = 0x40;
  private static final int ALARM = 0x20;
  private static final int UPDATE = 0x10;
  private static final int C_IRQ = 0x80;
  private static final int NVRAM_VALID = 0x80;

  private final Clock clock;
  private final IrqLine line;
  private final Alarm second;
  private final Alarm periodic;
  private final int[] memory = new int[128];
  private final long powerOn;
  private int index;
  private long offset;
  private long halted = -1;

  /**
   * After power-on.
   *
   * @param powerOn the time of day at machine time 0, in seconds since 1970 (UTC)
   */
  public Rtc(Clock clock, IrqLine line, long powerOn) {
    this.clock = clock;
    this.line = line;
    this.powerOn = powerOn;
    offset = powerOn;
    second = clock.alarm("rtc-second", this::onSecond);
    periodic = clock.alarm("rtc-periodic", this::onPeriod);
    memory[A] = 0x26;
    memory[B] = B_24_HOURS;
  }

  /** RESET clears the interrupt enables; the time goes on, as the battery keeps it. */
  public void reset() {
    index = 0;
    memory[B] &= ~(PERIODIC | ALARM | UPDATE | 0x08);
    memory[C] = 0;
    line.set(false);
    schedule();
  }

  @Override
  public long read(int portOffset, int size) {
    return portOffset == 0 ? 0xff : readRegister();
  }

  @Override
  public void write(int portOffset, int size, long value) {
    if (portOffset == 0) {
      index = (int) value & 0x7f;
    } else {
      writeRegister((int) value & 0xff);
    }
  }

  private int readRegister() {
    return switch (index) {
      case 0, 2, 4, 6, 7, 8, 9, CENTURY -> timeField(index);
      case A -> (memory[A] & 0x7f) | (updateInProgress() ? 0x80 : 0);
      case C -> {
        int value = memory[C];
        memory[C] = 0;
        line.set(false);
        yield value;
      }
      case D -> NVRAM_VALID;
      default -> memory[index];
    };
  }

  private void writeRegister(int value) {
    switch (index) {
      case 0, 2, 4, 6, 7, 8, 9, CENTURY -> setTimeField(index, value);
      case A -> {
        memory[A] = value & 0x7f;
        schedule();
      }
      case B -> writeB(value);
      case C, D -> {}
      default -> memory[index] = value;
    }
  }

  private void writeB(int value) {
    boolean wasSet = halted >= 0;
    boolean set = (value & B_SET) != 0;
    if (set && !wasSet) {
      halted = nowSeconds();
    } else if (!set && wasSet) {
      offset = halted - clock.now() / SECOND;
      halted = -1;
    }
    memory[B] = set ? value & ~UPDATE : value;
    updateLine();
    schedule();
  }

  private long nowSeconds() {
    return halted >= 0 ? halted : offset + clock.now() / SECOND;
  }

  private boolean updateInProgress() {
    return halted < 0 && clock.now() % SECOND >= SECOND - UPDATE_LASTS;
  }

  private LocalDateTime time() {
    return LocalDateTime.ofEpochSecond(nowSeconds(), 0, ZoneOffset.UTC);
  }

  private int timeField(int register) {
    LocalDateTime time = time();
    return switch (register) {
      case 0 -> encode(time.getSecond());
      case 2 -> encode(time.getMinute());
      case 4 -> encodeHour(time.getHour());
      case 6 -> encode(time.getDayOfWeek().getValue() % 7 + 1);
      case 7 -> encode(time.getDayOfMonth());
      case 8 -> encode(time.getMonthValue());
      case 9 -> encode(time.getYear() % 100);
      default -> toBcd(time.getYear() / 100);
    };
  }

  /**
   * A date that does not exist (the 31st of a short month, half way through being set) leaves the
   * clock as it was.
   */
  private void setTimeField(int register, int value) {
    LocalDateTime time = time();
    try {
      LocalDateTime changed =
          switch (register) {
            case 0 -> time.withSecond(decode(value));
            case 2 -> time.withMinute(decode(value));
            case 4 -> time.withHour(decodeHour(value));
            case 7 -> time.withDayOfMonth(decode(value));
            case 8 -> time.withMonth(decode(value));
            case 9 -> time.withYear(time.getYear() / 100 * 100 + decode(value) % 100);
            case CENTURY -> time.withYear(fromBcd(value) * 100 + time.getYear() % 100);
            default -> time;
          };
      long seconds = changed.toEpochSecond(ZoneOffset.UTC);
      if (halted >= 0) {
        halted = Math.max(0, seconds);
      } else {
        offset = seconds - clock.now() / SECOND;
      }
    } catch (DateTimeException e) {
      return;
    }
  }

  private void onSecond() {
    if (halted >= 0) {
      return;
    }
    int raised = UPDATE;
    if (alarmMatches(1, 0) && alarmMatches(3, 2) && alarmMatches(5, 4)) {
      raised |= ALARM;
    }
    memory[C] |= raised;
    updateLine();
    schedule();
  }

  /** An alarm field of C0H and above matches anything. */
  private boolean alarmMatches(int alarm, int field) {
    return memory[alarm] >= 0xc0 || memory[alarm] == timeField(field);
  }

  private void onPeriod() {
    memory[C] |= PERIODIC;
    updateLine();
    schedulePeriodic();
  }

  private void updateLine() {
    boolean active = (memory[B] & memory[C] & (PERIODIC | ALARM | UPDATE)) != 0;
    memory[C] = active ? memory[C] | C_IRQ : memory[C] & ~C_IRQ;
    line.set(active);
  }

  /** The clock rings only while somebody listens, so that an idle guest stays idle. */
  private void schedule() {
    if ((memory[B] & (ALARM | UPDATE)) != 0 && halted < 0) {
      second.set((clock.now() / SECOND + 1) * SECOND);
    } else {
      second.cancel();
    }
    schedulePeriodic();
  }

  private void schedulePeriodic() {
    int rate = memory[A] & 0xf;
    if ((memory[B] & PERIODIC) == 0 || rate == 0) {
      periodic.cancel();
      return;
    }
    int shift = rate < 3 ? rate + 6 : rate - 1;
    long period = SECOND * (1L << shift) / 32_768;
    periodic.set((clock.now() / period + 1) * period);
  }

  private int encode(int value) {
    return (memory[B] & B_BINARY) != 0 ? value : toBcd(value);
  }

  private int decode(int value) {
    return (memory[B] & B_BINARY) != 0 ? value : fromBcd(value);
  }

  private int encodeHour(int hour) {
    if ((memory[B] & B_24_HOURS) != 0) {
      return encode(hour);
    }
    return encode(hour % 12 == 0 ? 12 : hour % 12) | (hour >= 12 ? 0x80 : 0);
  }

  private int decodeHour(int value) {
    if ((memory[B] & B_24_HOURS) != 0) {
      return decode(value);
    }
    return decode(value & 0x7f) % 12 + ((value & 0x80) != 0 ? 12 : 0);
  }

  private static int toBcd(int value) {
    return value / 10 % 10 << 4 | value % 10;
  }

  private static int fromBcd(int value) {
    return (value >>> 4) * 10 + (value & 15);
  }

  /** The time of day at machine time 0 that it was made with. */
  public long powerOn() {
    return powerOn;
  }

  /** What must survive a save. */
  public RtcState save() {
    return new RtcState(index, Arrays.stream(memory).boxed().toList(), offset, halted);
  }

  /** Takes up saved state; the clock must stand where it stood. */
  public void restore(RtcState state) {
    index = state.index();
    Arrays.setAll(memory, state.memory()::get);
    offset = state.offset();
    halted = state.halted();
    schedule();
  }
}
