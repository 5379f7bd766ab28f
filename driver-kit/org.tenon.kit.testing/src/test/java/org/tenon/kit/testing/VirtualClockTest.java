package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.spi.HostClock;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock();
  private final List<String> ran = new ArrayList<>();

  private HostClock.Timer at(long millis, String name) {
    return clock.schedule(
        Duration.ofMillis(millis), () -> ran.add(name + "@" + clock.nanoTime() / 1_000_000));
  }

  @Test
  void timersRunInTheOrderOfTheirTimesAndThenOfTheirSetting() {
    at(20, "c");
    at(10, "a");
    at(10, "b");
    clock.advance(Duration.ofMillis(15));
    assertThat(ran).containsExactly("a@10", "b@10");
    assertThat(clock.nanoTime()).isEqualTo(15_000_000);
    clock.advance(Duration.ofMillis(5));
    assertThat(ran).containsExactly("a@10", "b@10", "c@20");
  }

  @Test
  void aTimerSetByATimerRunsInTheSameAdvanceIfItIsDue() {
    clock.schedule(Duration.ofMillis(1), () -> at(2, "inner"));
    clock.advance(Duration.ofMillis(3));
    assertThat(ran).containsExactly("inner@3");
  }

  @Test
  void aCancelledTimerDoesNotRun() {
    at(5, "never").cancel();
    assertThat(clock.pending()).isZero();
    assertThat(clock.advanceToNext()).isFalse();
    assertThat(ran).isEmpty();
  }

  @Test
  void advanceToNextGoesExactlyThere() {
    at(7, "only");
    assertThat(clock.advanceToNext()).isTrue();
    assertThat(ran).containsExactly("only@7");
  }
}
