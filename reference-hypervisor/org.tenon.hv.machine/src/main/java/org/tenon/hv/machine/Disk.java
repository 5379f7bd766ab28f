package org.tenon.hv.machine;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.QueueThread;

/**
 * A plugged disk's driver: its attachment, and a thread for each queue on which the driver is given
 * its requests, so that one that does not return keeps neither the guest nor the run loop.
 */
final class Disk implements AttachListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Disk.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final String name;
  private final BlockAttachment attachment;
  private final List<QueueThread> submitters;

  Disk(String name, BlockAttachment attachment) {
    this.name = name;
    this.attachment = attachment;
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
  }
}
