package org.tenon.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "block-file", "com.example.array-x", "nvme2"})
  void takesWordsJoinedByDotsAndDashes(String name) {
    assertThat(new Identifier(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "a--b", "A", "a b", "../a", "a/b", "2a", "ä"})
  void refusesEverythingElse(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Identifier(name));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 100_000})
  void refusesWhatIsTooLongWithAShortMessage(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Identifier("a".repeat(length)))
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(250));
  }
}
