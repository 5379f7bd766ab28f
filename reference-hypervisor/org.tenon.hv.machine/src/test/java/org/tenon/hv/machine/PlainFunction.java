package org.tenon.hv.machine;

import java.util.concurrent.CompletionStage;
import org.tenon.spi.device.DeviceDriver;

/** {@link PlainDriver} for a PCI function. */
interface PlainFunction extends DeviceDriver, PlainDriver {
  @Override
  default CompletionStage<Void> quiesce() {
    return PlainDriver.super.quiesce();
  }

  @Override
  default CompletionStage<Void> reset() {
    return PlainDriver.super.reset();
  }
}
