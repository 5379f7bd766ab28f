package org.tenon.tck.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.spi.Deadlines;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.run.Certification;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.device.trial.DeviceSubject;

/**
 * The suite catches every broken function by the clause that it breaks, and lets a correct one be.
 */
class DeviceMutantsTest {
  private static final Seed SEED = new Seed(0xde71ce);

  private static RunReport run(Defect defect) {
    DeviceSubject subject =
        DeviceSubject.of(new NoteFactory(defect), Map.of())
            .within(new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(10)));
    return new Certification()
        .run(DeviceProfile.get(), subject, RunOptions.of(Level.L2, SEED), event -> {});
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyMutantIsCaught(Defect defect) {
    Set<String> clauses =
        run(defect).failures().stream()
            .map(Failure::clause)
            .map(String::valueOf)
            .collect(Collectors.toSet());
    assertThat(clauses).as(defect.name()).contains(defect.clause());
  }

  @Test
  void theCorrectFunctionPasses() {
    RunReport report = run(Defect.NONE);
    assertThat(report.results()).hasSizeGreaterThan(30);
    assertThat(report.results()).flatExtracting(TestResult::failures).isEmpty();
  }
}
