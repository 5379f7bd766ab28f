package org.tenon.hv.virtio;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/**
 * One buffer that a driver made available: its elements, translated to guest RAM, device-readable
 * ones first. Made once for each queue and refilled by {@link Virtqueue#pop}; it holds only checked
 * values.
 */
public final class DescriptorChain {
  private static final long MAX_BYTES = 1L << 32;

  private final @Nullable MemoryRegion[] regions;
  private final long[] offsets;
  private final long[] lengths;
  private int id;
  private int slots;
  private int count;
  private int readableCount;
  private long readableBytes;
  private long writableBytes;

  /**
   * An empty chain.
   *
   * @param capacity the most elements that the device allows in a buffer
   */
  public DescriptorChain(int capacity) {
    regions = new MemoryRegion[capacity];
    offsets = new long[capacity];
    lengths = new long[capacity];
  }

  /** The most elements that fit. */
  public int capacity() {
    return lengths.length;
  }

  /**
   * What the driver knows the buffer by: the head's index in a split ring, the buffer id in a
   * packed one.
   */
  public int id() {
    return id;
  }

  /** How many descriptors of the ring the buffer takes; what {@link Virtqueue#push} is told. */
  public int slots() {
    return slots;
  }

  /** How many elements there are. */
  public int count() {
    return count;
  }

  /** How many of them, from the first, are device-readable; the others are device-writable. */
  public int readableCount() {
    return readableCount;
  }

  /** Bytes the device may read. */
  public long readableBytes() {
    return readableBytes;
  }

  /** Bytes the device may write. */
  public long writableBytes() {
    return writableBytes;
  }

  /** The region of RAM in which element {@code index} lies wholly. */
  public MemoryRegion region(int index) {
    MemoryRegion region = regions[index];
    if (region == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return region;
  }

  /** Where in its region element {@code index} starts. */
  public long offset(int index) {
    return offsets[index];
  }

  /** Bytes of element {@code index}, at least 1. */
  public long length(int index) {
    return lengths[index];
  }

  /** The buffer, for a save. */
  public BufferState state() {
    List<BufferState.Element> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long address = region(i).base() + offsets[i];
      elements.add(new BufferState.Element(address, lengths[i], i >= readableCount));
    }
    return new BufferState(id, slots, elements);
  }

  /**
   * Becomes a buffer that was saved.
   *
   * @throws IllegalArgumentException where no driver can have made such a buffer available
   */
  public void restore(BufferState saved, GuestMemory memory) {
    clear();
    identify(saved.id(), saved.slots());
    for (BufferState.Element element : saved.elements()) {
      boolean added =
          element.length() > 0
              && add(memory, element.address(), element.length(), element.writable()) == null;
      if (!added) {
        throw new IllegalArgumentException("no driver has made %s available".formatted(saved));
      }
    }
  }

  void clear() {
    id = 0;
    slots = 0;
    count = 0;
    readableCount = 0;
    readableBytes = 0;
    writableBytes = 0;
  }

  void identify(int bufferId, int ringSlots) {
    id = bufferId;
    slots = ringSlots;
  }

  /** Adds an element; an empty one, which no rule forbids, is dropped. */
  @Nullable RingError add(GuestMemory memory, long address, long length, boolean writable) {
    if (length == 0) {
      return null;
    }
    if (count == lengths.length) {
      return RingError.CHAIN_TOO_LONG;
    }
    if (!writable && count > readableCount) {
      return RingError.READABLE_AFTER_WRITABLE;
    }
    if (readableBytes + writableBytes + length > MAX_BYTES) {
      return RingError.CHAIN_TOO_LARGE;
    }
    MemoryRegion region = memory.find(address, length);
    if (region == null) {
      return RingError.BAD_ADDRESS;
    }
    regions[count] = region;
    offsets[count] = region.offset(address);
    lengths[count] = length;
    count++;
    if (writable) {
      writableBytes += length;
    } else {
      readableCount++;
      readableBytes += length;
    }
    return null;
  }
}
