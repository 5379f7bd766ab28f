package org.tenon.tck.device;

import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.tck.core.run.RunExtension;
import org.tenon.tck.device.trial.DeviceSubject;

/** The contract for the subject of a certification. */
@ExtendWith(RunExtension.class)
final class CertifiedDeviceDriver extends DeviceDriverContract {
  private final DeviceSubject subject;

  CertifiedDeviceDriver(DeviceSubject subject) {
    this.subject = subject;
  }

  @Override
  protected DeviceSubject subject() {
    return subject;
  }
}
