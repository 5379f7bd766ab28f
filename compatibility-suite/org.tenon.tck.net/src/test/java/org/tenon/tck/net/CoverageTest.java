package org.tenon.tck.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.SuitePlan;

/** The build check: a MUST clause that no test covers fails the build. */
class CoverageTest {
  private static final Requirements REQUIREMENTS = NicProfile.get().requirements();

  @Test
  void everyMustClauseHasATest() {
    SuitePlan plan = SuitePlan.of(LauncherFactory.create(), CertifiedNicDriver.class, REQUIREMENTS);
    assertThat(plan.tests()).hasSizeGreaterThan(60);
    assertThat(plan.uncovered(REQUIREMENTS)).extracting(Requirement::id).isEmpty();
  }

  /** A clause of a level is proved by a test that runs at that level. */
  @Test
  void everyLevelCanBeReachedByItself() {
    SuitePlan plan = SuitePlan.of(LauncherFactory.create(), CertifiedNicDriver.class, REQUIREMENTS);
    for (Requirement clause : REQUIREMENTS.all()) {
      if (clause.isMust()) {
        assertThat(plan.tests())
            .as(clause.id().toString())
            .anyMatch(test ->
                test.clauses().contains(clause.id()) && test.level() == clause.verifiedAt());
      }
    }
  }
}
