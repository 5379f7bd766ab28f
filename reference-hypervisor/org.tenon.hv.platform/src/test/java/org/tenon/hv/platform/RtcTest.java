package org.tenon.hv.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateCodec;

/** The MC146818 data sheet. */
class RtcTest {
  private static final long SECOND = 1_000_000_000L;

  private final Bench bench = new Bench();
  private final Rtc rtc =
      new Rtc(
          bench.clock,
          bench,
          LocalDateTime.of(2026, 12, 31, 23, 59, 58).toEpochSecond(ZoneOffset.UTC));

  private int read(int register) {
    rtc.write(0, 1, register);
    return (int) rtc.read(1, 1);
  }

  private void write(int register, int value) {
    rtc.write(0, 1, register);
    rtc.write(1, 1, value);
  }

  @Test
  void tellsTheTimeInDecimal() {
    assertThat(
            new int[] {read(0), read(2), read(4), read(6), read(7), read(8), read(9), read(0x32)})
        .containsExactly(0x58, 0x59, 0x23, 0x05, 0x31, 0x12, 0x26, 0x20);
    bench.to(2 * SECOND);
    assertThat(new int[] {read(0), read(2), read(4), read(7), read(8), read(9)})
        .containsExactly(0, 0, 0, 1, 1, 0x27);
  }

  @Test
  void binaryAndTwelveHours() {
    write(0x0b, 0x06);
    assertThat(read(4)).isEqualTo(23);
    write(0x0b, 0x00);
    assertThat(read(4)).as("11 p.m.").isEqualTo(0x91);
  }

  @Test
  void settingStopsAndStartsTheClock() {
    write(0x0b, 0x82);
    write(0, 0x30);
    bench.to(10 * SECOND);
    assertThat(read(0)).isEqualTo(0x30);
    write(0x0b, 0x02);
    bench.to(13 * SECOND);
    assertThat(read(0)).isEqualTo(0x33);
  }

  @Test
  void updateInProgressIsShownBeforeTheSecond() {
    assertThat(read(0x0a) & 0x80).isZero();
    bench.to(SECOND - 100_000);
    assertThat(read(0x0a) & 0x80).isEqualTo(0x80);
  }

  @Test
  void updateInterrupt() {
    write(0x0b, 0x12);
    bench.to(SECOND);
    assertThat(bench.line).isTrue();
    assertThat(read(0x0c)).isEqualTo(0x90);
    assertThat(bench.line).isFalse();
    assertThat(read(0x0c)).isZero();
  }

  @Test
  void alarmInterruptAtItsTimeOnly() {
    write(1, 0x01);
    write(3, 0xc0);
    write(5, 0xff);
    write(0x0b, 0x22);
    bench.to(2 * SECOND);
    assertThat(bench.line).isFalse();
    bench.to(3 * SECOND);
    assertThat(bench.line).isTrue();
    assertThat(read(0x0c) & 0xa0).isEqualTo(0xa0);
  }

  @Test
  void periodicInterruptAtItsRate() {
    write(0x0a, 0x26);
    write(0x0b, 0x42);
    int interrupts = 0;
    for (int i = 1; i <= 1024; i++) {
      bench.to(SECOND * i / 1024);
      interrupts += (read(0x0c) & 0x40) != 0 ? 1 : 0;
    }
    assertThat(interrupts).isBetween(1023, 1024);
  }

  @Test
  void anIdleClockSetsNoAlarms() {
    assertThat(bench.clock.next()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void savedStateGoesOn() {
    write(0x40, 0x5a);
    write(0x0b, 0x12);
    RtcState state = rtc.save();
    Rtc other = new Rtc(bench.clock, bench, 0);
    other.restore(state);
    assertThat(other.save()).isEqualTo(state);
    assertThat(state.memory().get(0x40)).isEqualTo(0x5a);
  }

  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(8);
    for (int i = 0; i < 4_000; i++) {
      write(random.nextInt(256), random.nextInt(256));
      read(random.nextInt(256));
      bench.now += random.nextInt(100_000_000);
      bench.clock.ring();
    }
    assertThat(StateCodec.encode(rtc.save())).isNotEmpty();
  }
}
