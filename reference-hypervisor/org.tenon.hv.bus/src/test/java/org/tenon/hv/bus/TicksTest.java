package org.tenon.hv.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TicksTest {
  @Test
  void aSecondHasTheFrequencysTicks() {
    assertThat(new Ticks(1_193_182).at(1_000_000_000L)).isEqualTo(1_193_182);
  }

  /** The nanosecond that {@code nanos} names is the first at which the tick has passed. */
  @Test
  void nanosIsTheFirstInstantOfATick() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      Ticks ticks = new Ticks(1 + random.nextLong(4_000_000_000L));
      long count = random.nextLong(1L << 40);
      if (count / ticks.hertz() > 1L << 30) {
        continue;
      }
      long instant = ticks.nanos(count);
      assertThat(ticks.at(instant)).as("%s %d", ticks, count).isGreaterThanOrEqualTo(count);
      if (instant > 0) {
        assertThat(ticks.at(instant - 1)).as("%s %d", ticks, count).isLessThan(Math.max(count, 1));
      }
    }
  }
}
