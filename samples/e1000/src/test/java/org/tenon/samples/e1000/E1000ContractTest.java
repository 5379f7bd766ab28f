package org.tenon.samples.e1000;

import java.util.Map;
import org.tenon.tck.device.DeviceDriverContract;
import org.tenon.tck.device.trial.DeviceSubject;

/** The suite, with no cable plugged in. */
class E1000ContractTest extends DeviceDriverContract {
  @Override
  protected DeviceSubject subject() {
    return DeviceSubject.of(new E1000DriverFactory(), Map.of());
  }
}
