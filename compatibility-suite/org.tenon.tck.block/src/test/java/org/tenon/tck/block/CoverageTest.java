package org.tenon.tck.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.api.ClauseId;
import org.tenon.tck.block.contract.FlushTests;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.SuitePlan;

/** The build check: a MUST clause that no test covers fails the build. */
class CoverageTest {
  private static final Requirements REQUIREMENTS = BlockProfile.get().requirements();

  private static SuitePlan plan(Class<?> contract) {
    return SuitePlan.of(LauncherFactory.create(), contract, REQUIREMENTS);
  }

  @Test
  void everyMustClauseHasATest() {
    SuitePlan plan = plan(CertifiedBlockDriver.class);
    assertThat(plan.tests()).hasSizeGreaterThan(60);
    assertThat(plan.uncovered(REQUIREMENTS)).extracting(Requirement::id).isEmpty();
  }

  @Test
  void checkSeesAMissingTest() {
    assertThat(plan(FlushOnly.class).uncovered(REQUIREMENTS))
        .extracting(Requirement::id)
        .contains(ClauseId.parse("BLK-019"), ClauseId.parse("DRV-001"))
        .doesNotContain(ClauseId.parse("BLK-037"));
  }

  /** A contract of one group. */
  static class FlushOnly extends FlushTests {
    @Override
    protected BlockSubject subject() {
      throw new UnsupportedOperationException("only looked at");
    }
  }
}
