package org.tenon.hv.virtio;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;

/**
 * What one kind of virtio device adds to the common part. {@link VirtioDevice} calls it: the
 * control methods one at a time, {@link #notified} from any thread while the device is started.
 */
public interface DeviceModel {
  /** The device type (VIRTIO 1.2, 5), such as 2 for a block device. */
  int type();

  /** The feature bits of this kind of device that it offers; constant. */
  long features();

  /**
   * Whether the device can work with what the driver accepted; the common rules are checked
   * already.
   *
   * @param accepted a subset of the offer
   */
  boolean accepts(long accepted);

  /** How many queues the device has; constant. */
  int queueCount();

  /** The largest size of each queue: a power of two; constant. */
  int maxQueueSize();

  /**
   * The features are agreed (FEATURES_OK): fields of the configuration space that depend on them
   * settle now.
   *
   * @param features what was agreed, with the common bits
   */
  void agreed(long features);

  /**
   * Begins to work (DRIVER_OK). Returns at once.
   *
   * @param queues the queues that the driver enabled, by index; null for the others
   * @param events where the device reports
   */
  void start(List<@Nullable Virtqueue> queues, DeviceEvents events);

  /** The driver has made buffers available in a queue, or says so. Never blocks. */
  void notified(int queue);

  /**
   * Forgets the driver: takes no more buffers and gives none back from this call on.
   *
   * @return completes, never exceptionally, when the device no longer touches any buffer
   */
  CompletionStage<Void> stop();

  /**
   * Forgets one queue (2.6.1): takes no more of its buffers and gives none back from this call on;
   * the other queues go on. Does nothing to a queue that is not served.
   *
   * @return completes, never exceptionally and on any thread, when the device no longer touches any
   *     buffer of the queue
   */
  CompletionStage<Void> stopQueue(int queue);

  /**
   * Serves a queue of the started device, which was not enabled at the start or has been stopped
   * since. Returns at once.
   *
   * @param ring as the driver has set it up now
   */
  void startQueue(int queue, Virtqueue ring);

  /**
   * Where the queues are, for saving; by index, null for those that are not served.
   *
   * @throws IllegalStateException while a driver has requests: quiesce it first
   */
  List<@Nullable QueueState> positions();

  /**
   * Puts what is to be saved beside the common part: what was agreed, what the guest has set, and
   * each buffer that was taken from a queue and not given back. Called while nothing moves, as
   * {@link org.tenon.hv.bus.state.Saved} says.
   *
   * @throws StateException where the device cannot be saved; so does a model that does not override
   *     this
   */
  default void save(StateWriter out) throws StateException {
    throw new StateException("a virtio device of type %d cannot be saved".formatted(type()));
  }

  /**
   * Takes what {@link #save} put, before {@link #start}; buffers taken count in the positions of
   * the queues that follow with it.
   *
   * @param memory what the addresses of buffers refer to
   * @throws StateException where the state is damaged or another device's
   * @throws IllegalArgumentException likewise
   */
  default void restore(StateReader in, GuestMemory memory) throws StateException {
    throw new StateException("a virtio device of type %d cannot be restored".formatted(type()));
  }

  /**
   * The restore is over, and the device started where the driver had started it.
   *
   * @throws IllegalArgumentException where what {@link #restore} took says otherwise
   */
  default void restored() {}

  /** Bytes of the device-specific configuration space. */
  int configSize();

  /**
   * Reads the configuration space.
   *
   * @param offset inside it
   * @return one byte
   */
  int readConfig(int offset);

  /**
   * Writes the configuration space; a byte that is read-only stays as it is.
   *
   * @param offset inside it
   */
  void writeConfig(int offset, int value);
}
