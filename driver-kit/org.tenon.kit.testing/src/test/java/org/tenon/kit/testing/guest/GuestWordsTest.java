package org.tenon.kit.testing.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said to a guest, and what it says. */
class GuestWordsTest {
  private record Plug(String name) implements Peripheral {}

  @Test
  void valuesStandBehindTheirKeys() {
    GuestOutput output =
        new GuestOutput(
            0, List.of("sn        : 12 34  ", "part: a", "part: b:c", "no key"), Duration.ZERO);
    assertThat(output.value("sn")).contains("12 34");
    assertThat(output.values("part")).containsExactly("a", "b:c");
    assertThat(output.value("no key")).isEmpty();
  }

  @Test
  void aCommandIsOneLine() {
    assertThat(GuestWork.of("true").within(Duration.ofSeconds(2)).limit())
        .isEqualTo(Duration.ofSeconds(2));
    for (String wrong : List.of("a\nb", "a\tb", "ä", "x".repeat(1001))) {
      assertThatThrownBy(() -> GuestWork.of(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one line");
    }
  }

  @Test
  void peripheralsHaveNamesOfTheirOwn() {
    assertThat(GuestPlan.with(new Plug("a"), new Plug("b")).peripherals()).hasSize(2);
    assertThatThrownBy(() -> GuestPlan.with(new Plug("a"), new Plug("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one name");
  }
}
