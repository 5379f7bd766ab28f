package org.tenon.tck.block.contract;

import org.junit.jupiter.api.Test;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.run.LoadingChecks;

/** L0: what a host looks at before it opens anything. */
public abstract class LoadingTests extends BlockTests {
  /** For the contract. */
  protected LoadingTests() {}

  @Test
  @KeepsData
  @Clause("DRV-001")
  void manifestFollowsItsSchema() {
    checks().manifestFollowsItsSchema();
  }

  @Test
  @KeepsData
  @Clause("DRV-002")
  void factoryHasTheManifestsId() {
    checks().factoryHasTheManifestsId();
  }

  @Test
  @KeepsData
  @Clause("DRV-003")
  void factoryHasTheManifestsSpiRange() {
    checks().factoryHasTheManifestsSpiRange();
  }

  @Test
  @KeepsData
  @Clause("DRV-004")
  void factoryAnswersTheSameEachTime() {
    checks().factoryAnswersTheSameEachTime();
  }

  @Test
  @KeepsData
  @Clause("DRV-005")
  void modulesReadOnlyTheSdk() {
    checks().modulesReadOnlyTheSdk();
  }

  @Test
  @KeepsData
  @Clause("DRV-018")
  void everySettingIsDescribed() {
    checks().everySettingIsDescribed();
  }

  private LoadingChecks checks() {
    return new LoadingChecks(subject().factory(), subject().bundle());
  }
}
