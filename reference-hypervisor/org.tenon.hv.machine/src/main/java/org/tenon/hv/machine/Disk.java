package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.Type0Function;

/**
 * A plugged disk: its function, the driver's attachment, and a thread for each queue on which the
 * driver is given its requests, so that one that does not return keeps neither the guest nor the
 * run loop.
 *
 * <p>A guest that takes the leave to master the bus away counts on nothing landing in its memory
 * afterwards: it goes on when the driver has given back what it was given, and the driver is given
 * nothing until the leave is back.
 */
final class Disk implements AttachListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Disk.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final DiskConfig config;
  private final BlockAttachment attachment;
  private final Type0Function function;
  private final DeviceLife life;
  private final List<QueueThread> submitters;
  private boolean held;

  /**
   * A disk whose function is not plugged in yet.
   *
   * @param master the function's leave
   * @param life ends with the disk
   */
  Disk(
      String name,
      DiskConfig config,
      BlockAttachment attachment,
      Type0Function function,
      BusMaster master,
      DeviceLife life) {
    this.name = name;
    this.config = config;
    this.attachment = attachment;
    this.function = function;
    this.life = life;
    master.onDisabled(this::hold);
    master.onEnabled(this::letGo);
    submitters =
        IntStream.range(0, attachment.agreement().queues())
            .mapToObj(queue -> submitter(name + "-submit-" + queue, attachment.port(queue)))
            .toList();
    attachment.addListener(this);
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

  String name() {
    return name;
  }

  Type0Function function() {
    return function;
  }

  DiskStatus status(String place) {
    return new DiskStatus(name, config.model(), config.driver().id().value(), place);
  }

  private void hold() {
    if (!isIdle()) {
      held = true;
      await(attachment.quiesce(), "quiesce");
    }
  }

  private void letGo() {
    if (held) {
      held = false;
      var _ = attachment.resume();
    }
  }

  private boolean isIdle() {
    for (int queue = 0; queue < attachment.agreement().queues(); queue++) {
      BlockPort port = attachment.port(queue);
      synchronized (port) {
        if (port.used() > 0) {
          return false;
        }
      }
    }
    return true;
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
    await(attachment.close(), "close");
    submitters.forEach(QueueThread::close);
    life.close();
  }

  private void await(CompletionStage<?> over, String what) {
    try {
      var _ = over.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "{0}: the driver did not {1}: {2}", name, what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
