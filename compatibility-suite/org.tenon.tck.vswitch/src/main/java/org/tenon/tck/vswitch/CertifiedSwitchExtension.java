package org.tenon.tck.vswitch;

import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.tck.core.run.RunExtension;
import org.tenon.tck.vswitch.trial.SwitchSubject;

/** The contract for the subject of a certification. */
@ExtendWith(RunExtension.class)
final class CertifiedSwitchExtension extends SwitchExtensionContract {
  private final SwitchSubject subject;

  CertifiedSwitchExtension(SwitchSubject subject) {
    this.subject = subject;
  }

  @Override
  protected SwitchSubject subject() {
    return subject;
  }
}
