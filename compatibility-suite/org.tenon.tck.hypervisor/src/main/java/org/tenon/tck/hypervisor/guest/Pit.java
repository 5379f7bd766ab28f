package org.tenon.tck.hypervisor.guest;

/** The 8254 interval timer. */
final class Pit {
  private static final int HERTZ = 1_193_182;
  private static final int CHANNEL_0 = 0x40;
  private static final int CHANNEL_2 = 0x42;
  private static final int COMMAND = 0x43;
  private static final int SPEAKER = 0x61;
  private static final int OUTPUT_2 = 0x20;
  private static final int TRIALS = 5;

  private Pit() {}

  /** Channel 0 as rate generator. */
  static void tickEvery(int microseconds) {
    int count = (int) ((long) HERTZ * microseconds / 1_000_000);
    Cpu.out8(COMMAND, 0x34);
    Cpu.out8(CHANNEL_0, count & 0xff);
    Cpu.out8(CHANNEL_0, count >>> 8);
  }

  /** Channel 0 waits for a count that never comes. */
  static void stop() {
    Cpu.out8(COMMAND, 0x30);
  }

  /** Channel 2 counts down once, from a count. */
  private static void startChannel2(int count) {
    Cpu.out8(SPEAKER, Cpu.in8(SPEAKER) & 0xfc);
    Cpu.out8(COMMAND, 0xb0);
    Cpu.out8(CHANNEL_2, count & 0xff);
    Cpu.out8(CHANNEL_2, count >>> 8);
    Cpu.out8(SPEAKER, Cpu.in8(SPEAKER) & 0xfc | 1);
  }

  private static int latched() {
    Cpu.out8(COMMAND, 0x80);
    return Cpu.in8(CHANNEL_2) | Cpu.in8(CHANNEL_2) << 8;
  }

  static void probe() {
    Report.within(32, percentInFiveMilliseconds(), 80, 120, "counts in 5 ms, percent of nominal");
    Cpu.out8(COMMAND, 0x80);
    int low = Cpu.in8(CHANNEL_2);
    Time.pass(1);
    int latchedHigh = Cpu.in8(CHANNEL_2);
    int value = low | latchedHigh << 8;
    Report.check(32, latched() < value, "a latched count stands still, the counter does not");
    outputs();
    frequency();
    readBack();
  }

  private static void outputs() {
    startChannel2(HERTZ / 100);
    Report.equal(33, Cpu.in8(SPEAKER) & OUTPUT_2, 0, "output while mode 0 counts");
    Time.allow(100);
    while ((Cpu.in8(SPEAKER) & OUTPUT_2) == 0 && !Time.isOver()) {
      Cpu.pause();
    }
    Report.equal(33, Cpu.in8(SPEAKER) & OUTPUT_2, OUTPUT_2, "output when the count is over");
  }

  /**
   * What channel 2 counts while the PM timer runs, in percent of what it should: the nearest to 100
   * of a few trials, since a virtual processor may stand still between two reads.
   */
  private static long percentInFiveMilliseconds() {
    long nearest = 0;
    for (int trial = 0; trial < TRIALS && distance(nearest) > 10; trial++) {
      startChannel2(0xffff);
      long start = Time.now();
      int first = latched();
      Time.pass(5);
      int second = latched();
      long percent = (first - second) * 300L / (Time.now() - start + 1);
      nearest = distance(percent) < distance(nearest) ? percent : nearest;
    }
    return nearest;
  }

  private static long distance(long percent) {
    return percent < 100 ? 100 - percent : percent - 100;
  }

  /** The PM timer measures 20 ms of channel 2: the least of a few trials, for the same reason. */
  private static void frequency() {
    long expected = Time.HERTZ / 50;
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS && least > expected * 105 / 100; trial++) {
      startChannel2(HERTZ / 50);
      long start = Time.now();
      Time.allow(200);
      while ((Cpu.in8(SPEAKER) & OUTPUT_2) == 0 && !Time.isOver()) {
        Cpu.pause();
      }
      long ticks = Time.now() - start;
      least = ticks < least ? ticks : least;
    }
    Report.within(28, least, expected * 95 / 100, expected * 110 / 100, "PM timer ticks in 20 ms");
  }

  private static void readBack() {
    Cpu.out8(COMMAND, 0xb6);
    Cpu.out8(COMMAND, 0xe8);
    Report.equal(34, Cpu.in8(CHANNEL_2) & 0x3f, 0x36, "status of channel 2: both bytes, mode 3");
  }
}
