package org.tenon.tck.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;

class RequirementsTest {
  private static final String CLAUSE =
      """
      profile: BLK
      title: Block drivers
      clauses:
        - id: BLK-001
          level: MUST
          since: "1.0"
          verifiedAt: L1
          source: BlockQueue
          text: It does.
      """;

  private static List<Requirement> read(String yaml) throws IOException {
    return Requirements.read(
        "block.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void publishedClausesAreWellFormed() {
    Requirements all = Requirements.of("driver.yaml", "block.yaml");
    assertThat(all.all()).hasSizeGreaterThanOrEqualTo(90);
    assertThat(all.all().stream().filter(r -> r.id().profile().equals("BLK")).count())
        .isGreaterThanOrEqualTo(60);
    assertThat(all.get(ClauseId.parse("BLK-028")).text()).contains("exactly once");
  }

  @Test
  void numberThatStandsTwiceIsRefused() {
    String twice = CLAUSE + CLAUSE.substring(CLAUSE.indexOf("  - id"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(twice))
        .withMessageContaining("BLK-001 stands twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Requirements.of("block.yaml", "block.yaml"))
        .withMessageContaining("stands twice");
  }

  @Test
  void unknownMissingAndMisspeltFieldsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(CLAUSE + "    colour: red\n"))
        .withMessageContaining("block.yaml")
        .withMessageContaining("colour");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(CLAUSE.replace("    source: BlockQueue\n", "")))
        .withMessageContaining("source");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(CLAUSE.replace("MUST", "SHALL")))
        .withMessageContaining("BLK-001")
        .withMessageContaining("SHALL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(CLAUSE.replace("BLK-001", "BLK-1")))
        .withMessageContaining("BLK-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(CLAUSE.replace("BLK-001", "NET-001")))
        .withMessageContaining("does not belong");
  }

  @Test
  void missingFileIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Requirements.of("tape.yaml"))
        .withMessageContaining("spec/requirements/tape.yaml");
  }
}
