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
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.virtio.net.NetDevice;
import org.tenon.hv.virtio.pci.VirtioPciFunction;
import org.tenon.spi.net.MacAddress;

/**
 * A plugged network card: the driver's attachment, and threads on which the driver is given frames
 * and buffers, so that one that does not return keeps neither the guest nor the run loop.
 *
 * <p>A guest that takes the leave to master the bus away counts on nothing landing in its memory
 * afterwards: it goes on when the driver rests and holds no buffer, and the driver serves again
 * with the leave.
 */
final class Nic implements AttachListener, PluggedCard {
  private static final System.Logger LOG = System.getLogger(Nic.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final String driver;
  private final MacAddress address;
  private final int slot;
  private final NicAttachment attachment;
  private final BusMaster master;
  private final DeviceLife life;
  private final List<QueueThread> threads = new ArrayList<>();
  private @Nullable Front front;

  /**
   * What the guest sees of a card.
   *
   * @param virtio the PCI function with all that is in it
   * @param model what is in it
   * @param queues when it is served
   */
  record Front(VirtioPciFunction virtio, NetDevice model, ServedQueues<?> queues) {}

  /**
   * A card whose function is not there yet.
   *
   * @param slot where it will be plugged in, as {@link NicState} counts
   * @param master the function's leave
   * @param life ends with the card
   */
  Nic(
      String name,
      NicConfig config,
      int slot,
      NicAttachment attachment,
      BusMaster master,
      DeviceLife life) {
    this.name = name;
    driver = config.driver().id().value();
    address = config.address(attachment.properties());
    this.slot = slot;
    this.attachment = attachment;
    this.master = master;
    this.life = life;
    master.onDisabled(() -> tryFor(attachment.quiesce(), "come to rest"));
    master.onEnabled(() -> tryFor(attachment.resume(), "resumed"));
    attachment.addListener(this);
  }

  /** Puts what the guest sees in front of it; once. */
  void connect(Front seen) {
    front = seen;
  }

  private Front front() {
    return Objects.requireNonNull(front, "nothing is in front of it yet");
  }

  @Override
  public Type0Function function() {
    return front().virtio().function();
  }

  /** Its name in the machine. */
  String name() {
    return name;
  }

  /** What a user sees of it. */
  DeviceStatus status(String place) {
    return new DeviceStatus(name, driver, place);
  }

  /** The card's address. */
  MacAddress address() {
    return address;
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

  /**
   * Lets the driver send what it has, and rest. What has arrived stays in the ports, and so do
   * frames that the driver has not been given: when the guest sees that something came of them is
   * not changed by a save.
   */
  @Override
  public void pause() throws StateException {
    front().queues().hold();
    await(front().virtio().device().whenReset(), "ended a reset");
    await(front().model().whenSettled(), "obeyed");
    await(attachment.quiesce(), "come to rest");
    if (attachment.state() != NicAttachment.State.PAUSED) {
      throw new StateException(
          "%s cannot be saved: its driver is %s".formatted(name, attachment.state()));
    }
    front().model().rested();
  }

  private void await(CompletionStage<?> stage, String what) throws StateException {
    try {
      stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StateException(
          "%s: its driver has not %s within %s".formatted(name, what, PATIENCE), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StateException(name + ": interrupted", e);
    }
  }

  /** As {@link #await}; a driver that hangs is put into quarantine in time. */
  private void tryFor(CompletionStage<?> stage, String what) {
    try {
      await(stage, what);
    } catch (StateException e) {
      LOG.log(Level.WARNING, e.getMessage());
    }
  }

  @Override
  public void resume() {
    if (master.isEnabled()) {
      tryFor(attachment.resume(), "resumed");
    }
    front().queues().release();
  }

  @Override
  public void saveIdentity(StateWriter out) throws StateException {
    try {
      out.put(NicState.of(driver, slot, attachment, address, attachment.saveState()));
    } catch (AttachException e) {
      throw new StateException(e.getMessage() == null ? name : e.getMessage(), e);
    }
  }

  /** The device, then when its queues are served. */
  @Override
  public void save(StateWriter out) throws StateException {
    front().virtio().save(out);
    front().queues().save(out);
  }

  /** The guest runs when the driver knows which frames it wants, and rests where it has to. */
  @Override
  public void restore(StateReader in) throws StateException {
    front().virtio().restore(in);
    await(front().model().whenSettled(), "obeyed");
    if (!master.isEnabled()) {
      await(attachment.quiesce(), "come to rest");
    }
    front().queues().restore(in);
  }

  /** Closes the driver; one that hangs is left behind, as the attachment has reported. */
  @Override
  public void close() {
    tryFor(attachment.close(), "closed");
    threads.forEach(QueueThread::close);
    life.close();
  }
}
