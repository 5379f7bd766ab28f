package org.tenon.hv.virtio.blk;

import java.util.List;
import java.util.stream.IntStream;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueThread;

/**
 * A block device with a thread for each of its queues, as machines run it. A thread that a driver
 * in quarantine does not give back is replaced, so that the guest hears how its requests ended. Any
 * thread.
 */
public final class BlkThreads implements AttachListener, AutoCloseable {
  private final BlkDevice device;
  private volatile List<QueueThread> threads = List.of();

  /**
   * A served device after reset.
   *
   * @param name of the device, for its threads
   * @param attachment a driver that runs
   * @param maxQueueSize of each virtqueue, a power of two
   */
  public BlkThreads(String name, BlockAttachment attachment, int maxQueueSize) {
    device = new BlkDevice(attachment, maxQueueSize, QueueSchedule.of(this::wake));
    threads =
        IntStream.range(0, device.queueCount())
            .mapToObj(queue ->
                new QueueThread(
                    name + "-queue-" + queue, () -> device.poll(queue), () -> device.arm(queue)))
            .toList();
    attachment.addListener(this);
  }

  /** The device. */
  public BlkDevice device() {
    return device;
  }

  /** Goes on with another driver, as {@link BlkDevice#attach} says. */
  public void attach(BlockAttachment next) {
    device.attach(next);
    next.addListener(this);
  }

  private void wake(int queue) {
    List<QueueThread> now = threads;
    if (queue < now.size()) {
      now.get(queue).wake();
    }
  }

  @Override
  public void quarantined(Fault because) {
    threads.forEach(QueueThread::replace);
  }

  /** Ends the threads, as soon as the driver lets go of them. */
  @Override
  public void close() {
    threads.forEach(QueueThread::close);
  }
}
