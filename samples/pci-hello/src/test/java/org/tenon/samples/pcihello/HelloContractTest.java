package org.tenon.samples.pcihello;

import java.util.Map;
import org.tenon.tck.device.DeviceDriverContract;
import org.tenon.tck.device.trial.DeviceSubject;

/** What a partner writes to run the suite in his own build. */
class HelloContractTest extends DeviceDriverContract {
  @Override
  protected DeviceSubject subject() {
    return DeviceSubject.of(new HelloDriverFactory(), Map.of());
  }
}
