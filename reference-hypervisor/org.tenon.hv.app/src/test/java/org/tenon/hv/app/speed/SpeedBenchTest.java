package org.tenon.hv.app.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reads the consoles of contenders that are shell commands. */
class SpeedBenchTest {
  private static final Path IMAGE = Path.of("image");

  @Test
  void medianIsTheMiddleOrBetweenTheTwo() {
    assertThat(SpeedBench.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(SpeedBench.median(List.of(4.0, 1.0))).isEqualTo(2.5);
  }

  @Test
  void roundsOfEachKernelButTheWarmUp() throws SpeedException {
    Contender contender =
        shell(
            "for n in 1 2 3; do echo begin a; echo end a 77; done; echo noise; echo begin b; echo"
                + " end b 5");
    Map<String, SpeedBench.Rounds> rounds = SpeedBench.kernels(contender, IMAGE, 2);
    assertThat(rounds.keySet()).containsExactly("a", "b");
    assertThat(rounds.values()).allSatisfy(each -> assertThat(each.seconds()).hasSize(1));
    assertThat(rounds.values()).extracting(SpeedBench.Rounds::checksum).containsExactly("77", "5");
  }

  @Test
  void resultsThatDifferAreNoMeasurement() {
    Contender contender = shell("echo begin a; echo end a 1; echo begin a; echo end a 2");
    assertThatThrownBy(() -> SpeedBench.kernels(contender, IMAGE, 0))
        .isInstanceOf(SpeedException.class)
        .hasMessageContaining("a differently");
  }

  @Test
  void aContenderThatPrintsNothingIsNamed() {
    assertThatThrownBy(() -> SpeedBench.kernels(shell("exit 1"), IMAGE, 0))
        .isInstanceOf(SpeedException.class)
        .hasMessageContaining("shell did not run");
  }

  @Test
  void aBootThatNeverReachesItsMarkIsAnError() throws SpeedException {
    assertThat(SpeedBench.boot(shell("echo up now"), IMAGE, IMAGE, "up")).isPositive();
    assertThatThrownBy(() -> SpeedBench.boot(shell("echo panic"), IMAGE, IMAGE, "up"))
        .isInstanceOf(SpeedException.class)
        .hasMessageContaining("\"up\"");
  }

  private static Contender shell(String script) {
    return new Contender("shell", List.of("/bin/sh", "-c", script), "-initrd", "-append");
  }
}
