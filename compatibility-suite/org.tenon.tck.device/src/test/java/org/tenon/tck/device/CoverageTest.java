package org.tenon.tck.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.SuitePlan;
import org.tenon.tck.device.contract.ResetTests;
import org.tenon.tck.device.trial.DeviceSubject;

/** The build check: a MUST clause that no test covers fails the build. */
class CoverageTest {
  private static final Requirements REQUIREMENTS = DeviceProfile.get().requirements();

  private static SuitePlan plan(Class<?> contract) {
    return SuitePlan.of(LauncherFactory.create(), contract, REQUIREMENTS);
  }

  @Test
  void everyMustClauseHasATest() {
    SuitePlan plan = plan(CertifiedDeviceDriver.class);
    assertThat(plan.tests()).hasSizeGreaterThan(35);
    assertThat(plan.uncovered(REQUIREMENTS)).extracting(Requirement::id).isEmpty();
  }

  /** A clause of a level is proved by a test that runs at that level. */
  @Test
  void everyLevelCanBeReachedByItself() {
    SuitePlan plan = plan(CertifiedDeviceDriver.class);
    for (Requirement clause : REQUIREMENTS.all()) {
      if (clause.isMust()) {
        assertThat(plan.tests())
            .as(clause.id().toString())
            .anyMatch(test ->
                test.clauses().contains(clause.id()) && test.level() == clause.verifiedAt());
      }
    }
  }

  @Test
  void checkSeesAMissingTest() {
    assertThat(plan(ResetsOnly.class).uncovered(REQUIREMENTS))
        .extracting(Requirement::id)
        .contains(ClauseId.parse("DEV-010"), ClauseId.parse("DRV-001"))
        .doesNotContain(ClauseId.parse("DEV-020"));
  }

  /** A contract of one group. */
  static class ResetsOnly extends ResetTests {
    @Override
    protected DeviceSubject subject() {
      throw new UnsupportedOperationException("only looked at");
    }
  }
}
