package org.tenon.hv.virtio.pci;

import java.util.Arrays;

/** Which MSI-X vector the driver chose for configuration changes and for each queue (4.1.5.1.2). */
final class Vectors {
  private final int available;
  private final int[] queues;
  private int config = CommonConfig.NO_VECTOR;

  Vectors(int available, int queueCount) {
    this.available = available;
    queues = new int[queueCount];
    reset();
  }

  void reset() {
    config = CommonConfig.NO_VECTOR;
    Arrays.fill(queues, CommonConfig.NO_VECTOR);
  }

  int config() {
    return config;
  }

  /** Sets the vector for configuration changes; one that does not exist reads back as none. */
  void config(int vector) {
    config = checked(vector);
  }

  int queue(int index) {
    return index < queues.length ? queues[index] : CommonConfig.NO_VECTOR;
  }

  /** Sets the vector of a queue, likewise. */
  void queue(int index, int vector) {
    if (index < queues.length) {
      queues[index] = checked(vector);
    }
  }

  private int checked(int vector) {
    return vector < available ? vector : CommonConfig.NO_VECTOR;
  }
}
