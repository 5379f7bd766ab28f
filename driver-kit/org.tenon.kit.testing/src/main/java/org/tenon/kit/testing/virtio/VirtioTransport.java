package org.tenon.kit.testing.virtio;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * A virtio device as a guest-side driver reaches it: registers, queues and interrupts, without the
 * bus they lie on (VIRTIO 1.2, section 4, common to all transports). Whoever makes a device
 * certifiable implements it; the guest side of the kit, and through it the suite, the fuzzers and
 * the benches, calls it from one thread, except {@link #notifyQueue}, which the thread of each
 * queue calls.
 *
 * <p>Nothing a guest can say makes a method throw, but for the arguments a bus could not carry: an
 * unknown queue or width.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface VirtioTransport extends AutoCloseable {
  /**
   * The guest's RAM, shared with the device. Readable and writable by any thread until {@link
   * #close()}.
   */
  MemorySegment memory();

  /** The guest-physical address of the first byte of {@link #memory()}. */
  long memoryBase();

  /** The device type of VIRTIO 1.2 section 5; 2 for a block device. */
  int deviceType();

  /** The feature bits that the device offers, bit n of section 6 and 5.x.3 as bit n. */
  long deviceFeatures();

  /** The feature bits that the guest takes. Written once, before FEATURES_OK. */
  void driverFeatures(long bits);

  /** The device status, bits of {@link VirtioStatus}. */
  int status();

  /**
   * Writes the device status. 0 resets the device: poll {@link #status()} until it reads 0.
   *
   * @param bits of {@link VirtioStatus}
   */
  void status(int bits);

  /** How many queues the device has. */
  int queues();

  /** The longest ring of a queue, in descriptors; a power of two. */
  int maxQueueSize(int queue);

  /**
   * Tells the device where a ring lies, and enables the queue.
   *
   * @param size how many descriptors, up to {@link #maxQueueSize}
   * @param descriptorArea guest-physical address of the descriptor table or descriptor ring
   * @param driverArea guest-physical address of the available ring or driver event suppression
   * @param deviceArea guest-physical address of the used ring or device event suppression
   */
  void setUpQueue(int queue, int size, long descriptorArea, long driverArea, long deviceArea);

  /** The guest's notification that a queue holds new buffers. */
  void notifyQueue(int queue);

  /**
   * Reads the device configuration.
   *
   * @param offset in bytes; what lies past the end reads as 0
   * @param width 1, 2, 4 or 8 bytes, little-endian
   */
  long readConfig(int offset, int width);

  /**
   * Writes the device configuration.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes, little-endian
   * @param value in the low bits
   */
  void writeConfig(int offset, int width, long value);

  /** Changes whenever the device changes its configuration by itself. */
  int configGeneration();

  /** Says who hears the device's interrupts from now on; before the first call nobody does. */
  void onInterrupt(Interrupts listener);

  /**
   * Removes the device and what stands behind it, and frees the memory. A second call does nothing.
   */
  @Override
  void close();

  /**
   * Hears interrupts, on any thread, at any time; must not block and must not call the transport.
   */
  interface Interrupts {
    /** A queue has used buffers. */
    void queue(int queue);

    /** The configuration or the status has changed. */
    void configuration();
  }
}
