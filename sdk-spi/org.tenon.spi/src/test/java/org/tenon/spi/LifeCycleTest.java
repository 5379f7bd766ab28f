package org.tenon.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.tenon.spi.LifeCycle.State.CLOSED;
import static org.tenon.spi.LifeCycle.State.OPENED;
import static org.tenon.spi.LifeCycle.State.QUIESCED;
import static org.tenon.spi.LifeCycle.State.QUIESCING;
import static org.tenon.spi.LifeCycle.State.RESETTING;
import static org.tenon.spi.LifeCycle.State.RUNNING;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.spi.LifeCycle.State;

class LifeCycleTest {
  /** The drawing in {@link Driver}, as arrows. */
  private static final Map<State, Set<State>> ARROWS =
      Map.of(
          OPENED, Set.of(RUNNING, CLOSED),
          RUNNING, Set.of(QUIESCING, RESETTING, CLOSED),
          QUIESCING, Set.of(QUIESCED, CLOSED),
          QUIESCED, Set.of(RUNNING, CLOSED),
          RESETTING, Set.of(RUNNING, CLOSED),
          CLOSED, Set.of(CLOSED));

  private static final Map<State, List<State>> WAY_TO =
      Map.of(
          OPENED, List.of(),
          RUNNING, List.of(RUNNING),
          QUIESCING, List.of(RUNNING, QUIESCING),
          QUIESCED, List.of(RUNNING, QUIESCING, QUIESCED),
          RESETTING, List.of(RUNNING, RESETTING),
          CLOSED, List.of(CLOSED));

  @ParameterizedTest
  @EnumSource
  void movesAlongTheArrowsAndNoOtherWay(State from) {
    for (State to : State.values()) {
      LifeCycle life = new LifeCycle();
      WAY_TO.getOrDefault(from, List.of()).forEach(life::moveTo);
      assertThat(life.state()).isEqualTo(from);
      if (ARROWS.getOrDefault(from, Set.of()).contains(to)) {
        life.moveTo(to);
        assertThat(life.state()).isEqualTo(to);
        assertThat(life.isRunning()).isEqualTo(to == RUNNING);
      } else {
        assertThatIllegalStateException()
            .isThrownBy(() -> life.moveTo(to))
            .withMessageContaining(from.name())
            .withMessageContaining(to.name());
        assertThat(life.state()).isEqualTo(from);
      }
    }
  }
}
