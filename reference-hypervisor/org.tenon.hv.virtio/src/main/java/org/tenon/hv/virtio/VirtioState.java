package org.tenon.hv.virtio;

import java.util.List;
import java.util.Optional;
import org.tenon.hv.bus.state.StateFormat;

/**
 * The common part of a virtio device as it is saved with the machine. The constructor accepts only
 * what a device can be in; whether it fits a given device is {@link VirtioDevice#restore}'s to say.
 *
 * @param status the device status field
 * @param driverFeatures what the driver accepted
 * @param configGeneration 0 to 255
 * @param queues the queues, by index
 */
@StateFormat(name = "virtio", version = 1)
public record VirtioState(
    int status, long driverFeatures, int configGeneration, List<Queue> queues) {
  private static final int KNOWN =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.DRIVER_OK
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.DEVICE_NEEDS_RESET
          | DeviceStatus.FAILED;

  /** Checks the parts against one another. */
  public VirtioState {
    queues = List.copyOf(queues);
    boolean agreed = (status & DeviceStatus.FEATURES_OK) != 0;
    boolean ready = (status & DeviceStatus.DRIVER_OK) != 0;
    boolean valid =
        (status & ~KNOWN) == 0
            && (!ready || agreed)
            && (!agreed || (status & DeviceStatus.DRIVER) != 0)
            && configGeneration >= 0
            && configGeneration <= 0xff
            && queues.stream()
                .allMatch(queue -> (queue.running().isEmpty() && !queue.resetting()) || ready);
    if (!valid) {
      throw new IllegalArgumentException(
          "no virtio device has status %s, generation %d and queues %s"
              .formatted(DeviceStatus.toString(status), configGeneration, queues));
    }
  }

  /**
   * One queue.
   *
   * @param size as the driver chose it
   * @param descriptorArea where the driver put it, as are the next two
   * @param driverArea see {@link QueueState}
   * @param deviceArea see {@link QueueState}
   * @param enabled whether the driver enabled it
   * @param resetting whether the driver has asked for a reset of this queue, which is not over
   * @param running where it is, if the device serves it
   */
  public record Queue(
      int size,
      long descriptorArea,
      long driverArea,
      long deviceArea,
      boolean enabled,
      boolean resetting,
      Optional<QueueState> running) {
    /** Checks the parts against one another. */
    public Queue {
      boolean placed =
          running.isEmpty()
              || (enabled
                  && !resetting
                  && running.get().size() == size
                  && running.get().descriptorArea() == descriptorArea
                  && running.get().driverArea() == driverArea
                  && running.get().deviceArea() == deviceArea);
      if (size < 0 || size > QueueState.MAX_SIZE || !placed) {
        throw new IllegalArgumentException(
            "no virtqueue has size %d, enabled %s, running %s".formatted(size, enabled, running));
      }
    }
  }
}
