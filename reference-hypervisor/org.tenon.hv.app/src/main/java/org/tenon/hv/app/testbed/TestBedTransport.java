package org.tenon.hv.app.testbed;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.Attachment;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.DeviceModel;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.Deadlines;

/** One virtio device with its driver, its RAM, and whoever serves its queues. */
final class TestBedTransport implements VirtioTransport {
  private static final System.Logger LOG = System.getLogger(TestBedTransport.class.getName());
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Attachment attachment;
  private final GuestMemory memory;
  private final MemoryRegion ram;
  private final ControlThread control;
  private final Duration patience;
  private final VirtioDevice device;
  private final Service service;
  private volatile @Nullable Interrupts listener;
  private boolean closed;

  /** Who serves the device's queues. */
  interface Service {
    /** The guest has notified a queue; the guest's thread. */
    default void notified(int queue) {}

    /** The device has forgotten its queues, and the driver is closed. */
    default void close() {}
  }

  TestBedTransport(
      Attachment attachment,
      GuestMemory memory,
      ControlThread control,
      Deadlines deadlines,
      DeviceModel model,
      Service service) {
    this.attachment = attachment;
    this.memory = memory;
    this.ram = memory.region(0);
    this.control = control;
    this.patience = deadlines.control().plus(deadlines.request()).plus(GRACE);
    this.service = service;
    this.device = new VirtioDevice(model, memory, new Forwarder());
  }

  @Override
  public MemorySegment memory() {
    return ram.segment();
  }

  @Override
  public long memoryBase() {
    return ram.base();
  }

  @Override
  public int deviceType() {
    return device.type();
  }

  @Override
  public long deviceFeatures() {
    return device.deviceFeatures();
  }

  @Override
  public void driverFeatures(long bits) {
    device.driverFeatures(bits);
  }

  @Override
  public int status() {
    return device.status();
  }

  @Override
  public void status(int bits) {
    device.status(bits);
  }

  @Override
  public int queues() {
    return device.queueCount();
  }

  @Override
  public int maxQueueSize(int queue) {
    return device.maxQueueSize(queue);
  }

  @Override
  public void setUpQueue(
      int queue, int size, long descriptorArea, long driverArea, long deviceArea) {
    device.queueSize(queue, size);
    device.queueAreas(queue, descriptorArea, driverArea, deviceArea);
    device.enableQueue(queue);
  }

  @Override
  public void notifyQueue(int queue) {
    device.notifyQueue(queue);
    service.notified(queue);
  }

  @Override
  public long readConfig(int offset, int width) {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) device.readConfig(offset + i) << (8 * i);
    }
    return value;
  }

  @Override
  public void writeConfig(int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      device.writeConfig(offset + i, (int) (value >>> (8 * i)) & 0xff);
    }
  }

  @Override
  public int configGeneration() {
    return device.configGeneration();
  }

  @Override
  public void onInterrupt(Interrupts hears) {
    listener = hears;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    device.status(0);
    await(attachment.close());
    service.close();
    control.close();
    try {
      memory.close();
    } catch (IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a driver still uses guest memory after close: {0}",
          e.getMessage());
    }
  }

  /**
   * Waits for the driver to close; one that hangs has been reported by the attachment and is left
   * behind.
   */
  private void await(CompletionStage<?> end) {
    try {
      end.toCompletableFuture().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.WARNING, "a driver did not close: {0}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The device's interrupts, in the kit's words, for whoever listens now. */
  private final class Forwarder implements org.tenon.hv.virtio.Interrupts {
    @Override
    public void queue(int index) {
      Interrupts now = listener;
      if (now != null) {
        now.queue(index);
      }
    }

    @Override
    public void config() {
      Interrupts now = listener;
      if (now != null) {
        now.configuration();
      }
    }
  }
}
