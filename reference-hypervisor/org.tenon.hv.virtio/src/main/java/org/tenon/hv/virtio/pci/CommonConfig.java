package org.tenon.hv.virtio.pci;

import java.util.List;
import java.util.stream.IntStream;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.virtio.QueueArea;
import org.tenon.hv.virtio.VirtioDevice;

/**
 * The common configuration structure (VIRTIO 1.2, 4.1.4.3). Reads have no side effects, so any part
 * of it may be read at any width. A write reaches a field only at the field's own width, and 64-bit
 * fields also as two halves, as 4.1.3.1 asks of drivers; other writes change nothing.
 */
final class CommonConfig implements RegisterBlock {
  /** The vector that means none. */
  static final int NO_VECTOR = 0xffff;

  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0c;
  private static final int CONFIG_VECTOR_AND_QUEUES = 0x10;
  private static final int STATUS_WORD = 0x14;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE_AND_VECTOR = 0x18;
  private static final int QUEUE_VECTOR = 0x1a;
  private static final int QUEUE_ENABLE_WORD = 0x1c;
  private static final int QUEUE_DESCRIPTOR = 0x20;
  private static final int QUEUE_DRIVER = 0x28;
  private static final int QUEUE_DEVICE = 0x30;
  private static final int QUEUE_NOTIFY_DATA_AND_RESET = 0x38;
  private static final int QUEUE_RESET = 0x3a;

  private final VirtioDevice device;
  private final Vectors vectors;
  private final Runnable whenReset;
  private int deviceFeatureSelect;
  private int driverFeatureSelect;
  private long driverFeatures;
  private int queue;

  /**
   * The structure of a device.
   *
   * @param vectors which interrupt vectors the driver chose
   * @param whenReset run after the driver asked for a reset
   */
  CommonConfig(VirtioDevice device, Vectors vectors, Runnable whenReset) {
    this.device = device;
    this.vectors = vectors;
    this.whenReset = whenReset;
  }

  @Override
  public long read(int offset, int size) {
    long low = Integer.toUnsignedLong(register(offset & ~3));
    long high = Integer.toUnsignedLong(register((offset & ~3) + 4));
    return (high << 32 | low) >>> (8 * (offset & 3));
  }

  private int register(int offset) {
    return switch (offset) {
      case DEVICE_FEATURE_SELECT -> deviceFeatureSelect;
      case DEVICE_FEATURE -> half(device.deviceFeatures(), deviceFeatureSelect);
      case DRIVER_FEATURE_SELECT -> driverFeatureSelect;
      case DRIVER_FEATURE -> half(device.driverFeatures(), driverFeatureSelect);
      case CONFIG_VECTOR_AND_QUEUES -> device.queueCount() << 16 | vectors.config();
      case STATUS_WORD -> queue << 16 | device.configGeneration() << 8 | device.status();
      case QUEUE_SIZE_AND_VECTOR -> vectors.queue(queue) << 16 | device.queueSize(queue);
      case QUEUE_ENABLE_WORD -> notifyOffset() << 16 | (device.isQueueEnabled(queue) ? 1 : 0);
      case QUEUE_DESCRIPTOR, QUEUE_DRIVER, QUEUE_DEVICE ->
          (int) device.queueArea(queue, area(offset));
      case QUEUE_DESCRIPTOR + 4, QUEUE_DRIVER + 4, QUEUE_DEVICE + 4 ->
          (int) (device.queueArea(queue, area(offset)) >>> 32);
      case QUEUE_NOTIFY_DATA_AND_RESET -> device.isQueueResetting(queue) ? 1 << 16 : 0;
      default -> 0;
    };
  }

  private int notifyOffset() {
    return queue < device.queueCount() ? queue : 0;
  }

  private static int half(long features, int select) {
    return select == 0 ? (int) features : select == 1 ? (int) (features >>> 32) : 0;
  }

  private static QueueArea area(int offset) {
    return switch (offset & ~7) {
      case QUEUE_DESCRIPTOR -> QueueArea.DESCRIPTOR;
      case QUEUE_DRIVER -> QueueArea.DRIVER;
      default -> QueueArea.DEVICE;
    };
  }

  @Override
  public void write(int offset, int size, long value) {
    int low = (int) value;
    switch (size) {
      case 1 -> {
        if (offset == STATUS_WORD) {
          writeStatus(low);
        }
      }
      case 2 -> writeShort(offset, low);
      case 4 -> writeInt(offset, low);
      default -> {
        if (isArea(offset) && (offset & 7) == 0) {
          device.queueArea(queue, area(offset), value);
        }
      }
    }
  }

  private void writeStatus(int status) {
    if (status == 0) {
      reset();
    } else {
      device.status(status);
    }
  }

  /** Resets the device, and with it what the driver has written here. */
  void reset() {
    device.status(0);
    deviceFeatureSelect = 0;
    driverFeatureSelect = 0;
    driverFeatures = 0;
    queue = 0;
    vectors.reset();
    whenReset.run();
  }

  private void writeShort(int offset, int value) {
    switch (offset) {
      case CONFIG_VECTOR_AND_QUEUES -> vectors.config(value);
      case QUEUE_SELECT -> queue = value;
      case QUEUE_SIZE_AND_VECTOR -> device.queueSize(queue, value);
      case QUEUE_VECTOR -> vectors.queue(queue, value);
      case QUEUE_ENABLE_WORD -> {
        if (value == 1) {
          device.enableQueue(queue);
        }
      }
      case QUEUE_RESET -> {
        if (value == 1 && device.resetQueue(queue)) {
          vectors.queue(queue, NO_VECTOR);
        }
      }
      default -> {}
    }
  }

  private void writeInt(int offset, int value) {
    switch (offset) {
      case DEVICE_FEATURE_SELECT -> deviceFeatureSelect = value;
      case DRIVER_FEATURE_SELECT -> driverFeatureSelect = value;
      case DRIVER_FEATURE -> writeDriverFeatures(value);
      default -> {
        if (isArea(offset) && (offset & 3) == 0) {
          writeHalfArea(offset, value);
        }
      }
    }
  }

  private void writeDriverFeatures(int value) {
    long bits = Integer.toUnsignedLong(value);
    if (driverFeatureSelect == 0) {
      driverFeatures = driverFeatures & 0xffffffff_00000000L | bits;
    } else if (driverFeatureSelect == 1) {
      driverFeatures = driverFeatures & 0xffffffffL | bits << 32;
    }
    device.driverFeatures(driverFeatures);
  }

  private void writeHalfArea(int offset, int value) {
    QueueArea area = area(offset);
    long before = device.queueArea(queue, area);
    long bits = Integer.toUnsignedLong(value);
    long now =
        (offset & 4) == 0
            ? before & 0xffffffff_00000000L | bits
            : before & 0xffffffffL | bits << 32;
    device.queueArea(queue, area, now);
  }

  /** The registers of this structure, for a save. */
  VirtioPciState state(int isr, List<Integer> due) {
    return new VirtioPciState(
        isr,
        vectors.config(),
        IntStream.range(0, device.queueCount()).map(vectors::queue).boxed().toList(),
        deviceFeatureSelect,
        driverFeatureSelect,
        driverFeatures,
        queue,
        due);
  }

  /** Takes them up. */
  void restore(VirtioPciState state) {
    vectors.config(state.configVector());
    for (int i = 0; i < state.queueVectors().size(); i++) {
      vectors.queue(i, state.queueVectors().get(i));
    }
    deviceFeatureSelect = state.deviceFeatureSelect();
    driverFeatureSelect = state.driverFeatureSelect();
    driverFeatures = state.driverFeatures();
    queue = state.queueSelect();
  }

  private static boolean isArea(int offset) {
    return offset >= QUEUE_DESCRIPTOR && offset < QUEUE_DEVICE + 8;
  }
}
