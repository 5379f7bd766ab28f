package org.tenon.tck.net;

import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.tck.core.run.RunExtension;
import org.tenon.tck.net.subject.NicSubject;

/** The contract for the subject of a certification. */
@ExtendWith(RunExtension.class)
final class CertifiedNicDriver extends NicDriverContract {
  private final NicSubject subject;

  CertifiedNicDriver(NicSubject subject) {
    this.subject = subject;
  }

  @Override
  protected NicSubject subject() {
    return subject;
  }
}
