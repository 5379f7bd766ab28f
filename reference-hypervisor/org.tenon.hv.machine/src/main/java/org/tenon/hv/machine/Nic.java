package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.Type0Function;

/**
 * A plugged network card: the driver's attachment, and threads on which the driver is given frames
 * and buffers, so that one that does not return keeps neither the guest nor the run loop.
 *
 * <p>A guest that takes the leave to master the bus away counts on nothing landing in its memory
 * afterwards: it goes on when the driver rests and holds no buffer, and the driver serves again
 * with the leave.
 */
final class Nic implements AttachListener, PluggedDevice {
  private static final System.Logger LOG = System.getLogger(Nic.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final NicAttachment attachment;
  private final DeviceLife life;
  private final List<QueueThread> threads = new ArrayList<>();
  private @Nullable Type0Function function;

  /**
   * A card whose function is not there yet.
   *
   * @param life ends with the card
   */
  Nic(String name, NicAttachment attachment, DeviceLife life) {
    this.name = name;
    this.attachment = attachment;
    this.life = life;
    attachment.addListener(this);
  }

  /** Has the driver rest while the function has no leave to master the bus. */
  void heed(BusMaster master) {
    master.onDisabled(() -> await(attachment.quiesce(), "come to rest"));
    master.onEnabled(() -> await(attachment.resume(), "resumed"));
  }

  /** A driver that hangs is put into quarantine in time, and then holds nothing either. */
  private void await(CompletionStage<?> stage, String what) {
    try {
      stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "{0}: the driver has not {1}: {2}", name, what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts what the guest sees in front of it; once. */
  void connect(Type0Function seen) {
    function = seen;
  }

  /** The PCI function. */
  Type0Function function() {
    return Objects.requireNonNull(function, "nothing is in front of it yet");
  }

  /** Its alarms and handoffs. */
  DeviceLife life() {
    return life;
  }

  /**
   * A thread that offers a port's tags to the driver.
   *
   * @param offered run after each offer
   */
  QueueThread submitter(String what, TagPort port, Runnable offered) {
    QueueThread thread =
        new QueueThread(
            name + "-" + what,
            () -> {
              port.offer();
              offered.run();
              return false;
            },
            () -> true);
    threads.add(thread);
    return thread;
  }

  @Override
  public void quarantined(Fault because) {
    LOG.log(
        Level.ERROR,
        "{0} has no link from now on, because its driver broke its promise: {1}",
        name,
        because);
    threads.forEach(QueueThread::replace);
  }

  @Override
  public void pause() throws StateException {
    throw notYet();
  }

  @Override
  public void resume() {}

  @Override
  public void saveIdentity(StateWriter out) throws StateException {
    throw notYet();
  }

  @Override
  public void save(StateWriter out) throws StateException {
    throw notYet();
  }

  @Override
  public void restore(StateReader in) throws StateException {
    throw notYet();
  }

  private StateException notYet() {
    return new StateException(name + ": a machine with a network card cannot be saved yet");
  }

  /** Closes the driver; one that hangs is left behind, as the attachment has reported. */
  @Override
  public void close() {
    await(attachment.close(), "closed");
    threads.forEach(QueueThread::close);
    life.close();
  }
}
