package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.pci.Type0Function;

/** A plugged PCI function's driver. */
final class PartnerDevice implements AttachListener, PluggedCard {
  private static final System.Logger LOG = System.getLogger(PartnerDevice.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final String driver;
  private final int slot;
  private final DeviceAttachment attachment;
  private final DeviceLife life;
  private @Nullable PartnerFunction function;

  /**
   * One whose function is not there yet.
   *
   * @param driver the driver's id
   * @param slot where it will be plugged in, as {@link DiskState} counts
   * @param life ends with the device
   */
  PartnerDevice(
      String name, String driver, int slot, DeviceAttachment attachment, DeviceLife life) {
    this.name = name;
    this.driver = driver;
    this.slot = slot;
    this.attachment = attachment;
    this.life = life;
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

  /** Puts the function in front of it; once. */
  void connect(PartnerFunction front) {
    function = front;
  }

  private PartnerFunction front() {
    return Objects.requireNonNull(function, "nothing is in front of it yet");
  }

  @Override
  public Type0Function function() {
    return front().function();
  }

  /** Its name, such as {@code device0}. */
  String name() {
    return name;
  }

  DeviceStatus status(String place) {
    return new DeviceStatus(name, driver, place);
  }

  @Override
  public void pause() throws StateException {
    front().settle();
    await(attachment.quiesce(), "come to rest");
    if (attachment.state() != DeviceAttachment.State.PAUSED) {
      throw new StateException(
          "%s cannot be saved: its driver is %s".formatted(name, attachment.state()));
    }
  }

  private void await(CompletionStage<?> stage, String what) throws StateException {
    try {
      stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StateException(
          "%s cannot be saved: its driver has not %s within %s".formatted(name, what, PATIENCE), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StateException(name + " cannot be saved: interrupted", e);
    }
  }

  @Override
  public void resume() {
    try {
      await(attachment.resume(), "resumed");
    } catch (StateException e) {
      LOG.log(Level.WARNING, "{0}: {1}", name, e.getMessage());
    }
  }

  @Override
  public void saveIdentity(StateWriter out) throws StateException {
    try {
      out.put(PartnerDeviceState.of(driver, slot, attachment, attachment.saveState()));
    } catch (AttachException e) {
      throw new StateException(e.getMessage() == null ? name : e.getMessage(), e);
    }
  }

  @Override
  public void save(StateWriter out) throws StateException {
    front().save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    front().restore(in);
  }

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
    life.close();
  }
}
