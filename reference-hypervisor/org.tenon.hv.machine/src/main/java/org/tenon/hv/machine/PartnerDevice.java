package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/** A plugged PCI function's driver. */
final class PartnerDevice implements AttachListener, PluggedDevice {
  private static final System.Logger LOG = System.getLogger(PartnerDevice.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final DeviceAttachment attachment;

  PartnerDevice(String name, DeviceAttachment attachment) {
    this.name = name;
    this.attachment = attachment;
    attachment.addListener(this);
  }

  @Override
  public void quarantined(Fault because) {
    LOG.log(
        Level.ERROR,
        "{0} answers no more, because its driver broke its promise: {1}",
        name,
        because);
  }

  @Override
  public void pause() throws StateException {
    throw new StateException(
        name + " is a PCI function of a partner's: such a machine cannot be saved yet");
  }

  @Override
  public void resume() {}

  @Override
  public void saveIdentity(StateWriter out) {}

  @Override
  public void save(StateWriter out) {}

  @Override
  public void restore(StateReader in) {}

  /** Closes the driver; one that hangs is left behind, as the attachment has reported. */
  @Override
  public void close() {
    try {
      attachment.close().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "{0}: the driver did not close: {1}", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
