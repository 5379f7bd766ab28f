package org.tenon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
  @Test
  void comparesPartByPart() {
    assertThat(Version.parse("1.10")).isGreaterThan(Version.parse("1.9.9"));
    assertThat(Version.parse("2.0")).isGreaterThan(Version.parse("1.99.99"));
    assertThat(Version.parse("1.0")).isEqualTo(new Version(1, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1.", "1.0.0.0", "-1.0", "1.0-beta", "999999.0", "1 .0"})
  void refusesWhatIsNoVersion(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Version.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({"0.9.9,false", "1.0.0,true", "1.99.0,true", "2.0.0,false"})
  void aRangeHoldsItsStartAndNotItsEnd(String version, boolean inside) {
    assertThat(VersionRange.parse("[1.0,2.0)").contains(Version.parse(version))).isEqualTo(inside);
  }

  @Test
  void aRangeReadsItsOwnText() {
    VersionRange range = VersionRange.compatibleWith(new Version(1, 2, 3));

    assertThat(range).hasToString("[1.2.3,2.0.0)");
    assertThat(VersionRange.parse(range.toString())).isEqualTo(range);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1.0,1.0)", "[2.0,1.0)", "(1.0,2.0)", "[1.0,2.0]", "1.0"})
  void refusesWhatIsNoRange(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> VersionRange.parse(text));
  }
}
