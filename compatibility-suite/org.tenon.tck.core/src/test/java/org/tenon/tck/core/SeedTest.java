package org.tenon.tck.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void isReadAsItIsPrinted() {
    Seed seed = new Seed(0xFEDC_BA98_7654_3210L);
    assertThat(seed).hasToString("0xfedcba9876543210");
    assertThat(Seed.parse(seed.toString())).isEqualTo(seed);
    assertThat(Seed.parse("-1")).isEqualTo(new Seed(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Seed.parse("tomorrow"))
        .withMessageContaining("tomorrow");
  }

  @Test
  void nameAloneDecidesWhatIsDerived() {
    Seed seed = new Seed(7);
    assertThat(seed.derive("a")).isEqualTo(seed.derive("a")).isNotEqualTo(seed.derive("b"));
    assertThat(seed.derive("a")).isNotEqualTo(new Seed(8).derive("a"));
    assertThat(
            IntStream.range(0, 10_000).mapToObj(i -> seed.derive("test " + i)).distinct().count())
        .isEqualTo(10_000);
  }

  /**
   * The choices belong to the published meaning of a seed: a change of this number breaks every
   * rerun command.
   */
  @Test
  void choicesNeverChange() {
    assertThat(new Seed(42).derive("ReadBackEveryBoundary").random().nextLong())
        .isEqualTo(-6_999_381_627_380_192_198L);
  }
}
