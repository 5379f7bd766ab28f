package org.tenon.tck.vswitch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.SuitePlan;
import org.tenon.tck.vswitch.contract.PortTests;
import org.tenon.tck.vswitch.trial.SwitchSubject;

/** The build check: a MUST clause that no test covers fails the build. */
class CoverageTest {
  private static final Requirements REQUIREMENTS = SwitchProfile.get().requirements();

  private static SuitePlan plan(Class<?> contract) {
    return SuitePlan.of(LauncherFactory.create(), contract, REQUIREMENTS);
  }

  @Test
  void everyMustClauseHasATest() {
    SuitePlan plan = plan(CertifiedSwitchExtension.class);
    assertThat(plan.tests()).hasSizeGreaterThan(20);
    assertThat(plan.uncovered(REQUIREMENTS)).extracting(Requirement::id).isEmpty();
  }

  /** A clause of a level is proved by a test that runs at that level. */
  @Test
  void everyLevelCanBeReachedByItself() {
    SuitePlan plan = plan(CertifiedSwitchExtension.class);
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
    assertThat(plan(PortsOnly.class).uncovered(REQUIREMENTS))
        .extracting(Requirement::id)
        .contains(ClauseId.parse("SWX-003"), ClauseId.parse("DRV-001"))
        .doesNotContain(ClauseId.parse("SWX-006"));
  }

  /** A contract of one group. */
  static class PortsOnly extends PortTests {
    @Override
    protected SwitchSubject subject() {
      throw new UnsupportedOperationException("only looked at");
    }
  }
}
