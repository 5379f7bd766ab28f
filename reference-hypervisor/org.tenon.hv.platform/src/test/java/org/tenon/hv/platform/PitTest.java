package org.tenon.hv.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateCodec;

/** The 8254 data sheet. */
class PitTest {
  private final Bench bench = new Bench();
  private final Pit pit = new Pit(bench.clock, bench);

  private void program(int channel, int mode, int count) {
    pit.write(3, 1, channel << 6 | 0x30 | mode << 1);
    pit.write(channel, 1, count & 0xff);
    pit.write(channel, 1, count >>> 8);
  }

  private void toTick(long tick) {
    bench.to(Pit.INPUT.nanos(tick));
  }

  private int count(int channel) {
    pit.write(3, 1, channel << 6);
    return (int) (pit.read(channel, 1) | pit.read(channel, 1) << 8);
  }

  @Test
  void rateGeneratorInterruptsOnceAPeriod() {
    program(0, 2, 1000);
    toTick(999);
    assertThat(bench.edges).isZero();
    toTick(1000);
    assertThat(bench.edges).isEqualTo(1);
    toTick(10_500);
    assertThat(bench.edges).isEqualTo(10);
    assertThat(count(0)).isEqualTo(500);
  }

  @Test
  void squareWaveCountsByTwo() {
    program(0, 3, 1000);
    toTick(100);
    assertThat(count(0)).isEqualTo(800);
    toTick(600);
    assertThat(count(0)).isEqualTo(800);
    toTick(3000);
    assertThat(bench.edges).isEqualTo(3);
  }

  @Test
  void terminalCountInterruptsOnce() {
    program(0, 0, 500);
    toTick(100_000);
    assertThat(bench.edges).isEqualTo(1);
  }

  @Test
  void aZeroCountIsTheLargest() {
    program(0, 2, 0);
    toTick(65_535);
    assertThat(bench.edges).isZero();
    toTick(65_536);
    assertThat(bench.edges).isEqualTo(1);
  }

  @Test
  void aLatchedCountStandsStill() {
    program(2, 2, 1000);
    pit.speakerPort().write(0, 1, 1);
    pit.write(3, 1, 0x80);
    toTick(77);
    assertThat(pit.read(2, 1) | pit.read(2, 1) << 8).isEqualTo(1000);
    assertThat(count(2)).isEqualTo(923);
  }

  /** What Linux does to find out how fast the time stamp counter runs. */
  @Test
  void channelTwoIsGatedAndReadThroughPort61() {
    pit.speakerPort().write(0, 1, 1);
    program(2, 0, 200);
    assertThat(pit.speakerPort().read(0, 1) & 0x20).isZero();
    toTick(199);
    assertThat(pit.speakerPort().read(0, 1) & 0x20).isZero();
    toTick(200);
    assertThat(pit.speakerPort().read(0, 1) & 0x21).isEqualTo(0x21);
  }

  @Test
  void readBackGivesStatusThenCount() {
    program(0, 2, 0x1234);
    pit.write(3, 1, 0xc2);
    assertThat(pit.read(0, 1)).as("output high, access 3, mode 2").isEqualTo(0xb4);
    assertThat(pit.read(0, 1) | pit.read(0, 1) << 8).isEqualTo(0x1234);
  }

  @Test
  void decimalCounting() {
    pit.write(3, 1, 0x35);
    pit.write(0, 1, 0x00);
    pit.write(0, 1, 0x10);
    toTick(1);
    assertThat(count(0)).isEqualTo(0x0999);
  }

  @Test
  void savedStateGoesOn() {
    program(0, 2, 1000);
    toTick(1500);
    PitState state = pit.save();
    Bench later = new Bench();
    later.now = bench.now;
    Pit other = new Pit(later.clock, later);
    other.restore(state);
    assertThat(other.save()).isEqualTo(state);
    later.to(Pit.INPUT.nanos(2000));
    assertThat(later.edges).isEqualTo(1);
  }

  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(7);
    for (int i = 0; i < 4_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> pit.read(random.nextInt(4), 1);
        case 1 -> pit.speakerPort().write(0, 1, random.nextInt(256));
        case 2 -> {
          bench.now += random.nextInt(100_000);
          bench.clock.ring();
        }
        default -> pit.write(random.nextInt(4), 1, random.nextInt(256));
      }
      assertThat(StateCodec.encode(pit.save())).isNotEmpty();
    }
  }
}
