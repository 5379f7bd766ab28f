package org.tenon.hv.app.testbed;

import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.spi.DriverException;

/**
 * Tells the test what the driver does wrong.
 *
 * @param faults told of each fault, on any thread
 */
record FaultReporter(Consumer<Fault> faults) implements AttachListener {
  @Override
  public void fault(Fault fault) {
    faults.accept(fault);
  }

  /** What the driver said when it refused, or that the hypervisor did. */
  static DriverException refusal(AttachException e) {
    int status = e.getCause() instanceof DriverException driver ? driver.status() : Status.IO_ERROR;
    return new DriverException(status, String.valueOf(e.getMessage()), e);
  }
}
