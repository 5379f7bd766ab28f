package org.tenon.tck.device.contract;

import org.junit.jupiter.api.Test;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.run.LoadingChecks;
import org.tenon.tck.device.trial.DeviceTests;

/** L0: what a host looks at before it opens anything. */
public abstract class LoadingTests extends DeviceTests {
  /** For the contract. */
  protected LoadingTests() {}

  @Test
  @Clause("DRV-001")
  void manifestFollowsItsSchema() {
    checks().manifestFollowsItsSchema();
  }

  @Test
  @Clause("DRV-002")
  void factoryHasTheManifestsId() {
    checks().factoryHasTheManifestsId();
  }

  @Test
  @Clause("DRV-003")
  void factoryHasTheManifestsSpiRange() {
    checks().factoryHasTheManifestsSpiRange();
  }

  @Test
  @Clause("DRV-004")
  void factoryAnswersTheSameEachTime() {
    checks().factoryAnswersTheSameEachTime();
  }

  @Test
  @Clause("DRV-005")
  void modulesReadOnlyTheSdk() {
    checks().modulesReadOnlyTheSdk();
  }

  @Test
  @Clause("DRV-018")
  void everySettingIsDescribed() {
    checks().everySettingIsDescribed();
  }

  private LoadingChecks checks() {
    return new LoadingChecks(subject().factory(), subject().bundle());
  }
}
