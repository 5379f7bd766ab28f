package org.tenon.kit.testing.virtio;

import java.util.Arrays;
import org.tenon.api.Stability;

/**
 * A list of buffers for a device, first those it reads, then those it writes (VIRTIO 1.2 section
 * 2.6). Reusable, so that a ring's user need not allocate. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestChain {
  private long[] addresses = new long[8];
  private int[] lengths = new int[8];
  private int readable;
  private int size;

  /** An empty chain. */
  public GuestChain() {}

  /** Empties it. */
  public GuestChain clear() {
    readable = 0;
    size = 0;
    return this;
  }

  /**
   * Adds a buffer that the device reads.
   *
   * @param length in bytes, unsigned
   * @throws IllegalStateException if a buffer that the device writes was added before
   */
  public GuestChain readable(long address, int length) {
    if (readable != size) {
      throw new IllegalStateException("buffers that the device reads come before those it writes");
    }
    add(address, length);
    readable = size;
    return this;
  }

  /**
   * Adds a buffer that the device writes.
   *
   * @param length in bytes, unsigned
   */
  public GuestChain writable(long address, int length) {
    add(address, length);
    return this;
  }

  /** How many buffers. */
  public int size() {
    return size;
  }

  /** The guest-physical address of a buffer. */
  public long address(int index) {
    return addresses[index];
  }

  /** The length of a buffer. */
  public int length(int index) {
    return lengths[index];
  }

  /** Whether the device writes a buffer. */
  public boolean isWritable(int index) {
    return index >= readable;
  }

  private void add(long address, int length) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    addresses[size] = address;
    lengths[size] = length;
    size++;
  }
}
