package org.tenon.tck.block;

import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.core.run.RunExtension;

/** The contract for the subject of a certification. */
@ExtendWith(RunExtension.class)
final class CertifiedBlockDriver extends BlockDriverContract {
  private final BlockSubject subject;

  CertifiedBlockDriver(BlockSubject subject) {
    this.subject = subject;
  }

  @Override
  protected BlockSubject subject() {
    return subject;
  }
}
