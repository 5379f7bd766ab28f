package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.Type0Function;

/**
 * A plugged disk: its function, and behind it the driver's attachment, with a thread for each queue
 * on which the driver is given its requests, so that one that does not return keeps neither the
 * guest nor the run loop.
 *
 * <p>A guest that takes the leave to master the bus away, resets the function or finds it gone
 * counts on nothing landing in its memory afterwards: it goes on when the driver has answered
 * everything that it was to be given.
 */
final class Disk implements AttachListener, PluggedCard {
  private static final System.Logger LOG = System.getLogger(Disk.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /** How often a driver that is to answer is looked at. */
  private static final long MOMENT = 100_000;

  private final String name;
  private final DiskConfig config;
  private final int slot;
  private final BlockAttachment attachment;
  private final ServedQueues<?> queues;
  private final DeviceLife life;
  private final List<QueueThread> submitters;
  private @Nullable Front front;

  /**
   * What the guest sees of a disk.
   *
   * @param function the PCI function, for the board
   * @param device the whole device model
   * @param reset completes when the last reset that the guest asked for is over
   */
  record Front(Type0Function function, Saved device, Supplier<CompletionStage<?>> reset) {}

  /**
   * A disk whose function is not there yet.
   *
   * @param slot where it will be plugged in, as {@link DiskState} counts
   * @param master the function's leave
   * @param life ends with the disk
   */
  Disk(
      String name,
      DiskConfig config,
      int slot,
      BlockAttachment attachment,
      ServedQueues<?> queues,
      BusMaster master,
      DeviceLife life) {
    this.name = name;
    this.config = config;
    this.slot = slot;
    this.attachment = attachment;
    this.queues = queues;
    this.life = life;
    master.onDisabled(this::drain);
    submitters =
        IntStream.range(0, attachment.agreement().queues())
            .mapToObj(queue -> submitter(name + "-submit-" + queue, attachment.port(queue)))
            .toList();
    attachment.addListener(this);
  }

  /** Puts a device model in front of it; once. */
  void connect(Front device) {
    front = device;
  }

  private Front front() {
    return Objects.requireNonNull(front, "nothing is in front of it yet");
  }

  @Override
  public Type0Function function() {
    return front().function();
  }

  /** Its name, such as {@code disk0}. */
  String name() {
    return name;
  }

  DiskStatus status(String place) {
    return new DiskStatus(name, config.model(), config.driver().id().value(), place);
  }

  /**
   * Lets the driver answer everything that it was to be given, and rest. The answers stay in the
   * ports: when the guest sees them is not changed by a save.
   */
  @Override
  public void pause() throws StateException {
    queues.hold();
    await(front().reset().get(), "ended a reset");
    drain();
    await(attachment.quiesce(), "come to rest");
    if (attachment.state() != BlockAttachment.State.PAUSED) {
      throw new StateException(
          "%s cannot be saved: its driver is %s".formatted(name, attachment.state()));
    }
  }

  private void drain() {
    for (int queue = 0; queue < attachment.agreement().queues(); queue++) {
      drain(attachment.port(queue));
    }
  }

  /** A driver that does not answer is put into quarantine, which answers for it. */
  private void drain(BlockPort port) {
    while (!isAtRest(port)) {
      port.submit();
      LockSupport.parkNanos(port, MOMENT);
    }
  }

  private static boolean isAtRest(BlockPort port) {
    synchronized (port) {
      return port.isAtRest();
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
    queues.release();
  }

  @Override
  public void saveIdentity(StateWriter out) throws StateException {
    try {
      out.put(DiskState.of(config, slot, attachment, attachment.saveState()));
    } catch (AttachException e) {
      throw new StateException(e.getMessage() == null ? name : e.getMessage(), e);
    }
  }

  /** The device, then when its queues are served. */
  @Override
  public void save(StateWriter out) throws StateException {
    front().device().save(out);
    queues.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    front().device().restore(in);
    queues.restore(in);
  }

  private static QueueThread submitter(String name, BlockPort port) {
    QueueThread thread =
        new QueueThread(
            name,
            () -> {
              port.offer();
              return false;
            },
            () -> true);
    port.submitBy(thread::wake);
    return thread;
  }

  @Override
  public void quarantined(Fault because) {
    LOG.log(
        Level.ERROR,
        "{0} fails from now on, because its driver broke its promise: {1}",
        name,
        because);
    submitters.forEach(QueueThread::replace);
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
    submitters.forEach(QueueThread::close);
    life.close();
  }
}
