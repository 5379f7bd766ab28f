package org.tenon.kit.testing.virtio;

import java.lang.invoke.VarHandle;
import org.tenon.api.Stability;

/** The driver's side of a split virtqueue (VIRTIO 1.2 section 2.7). */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class SplitRing extends GuestRing {
  private static final int NO_INTERRUPT = 1;
  private static final int NO_NOTIFY = 1;

  private final int size;
  private final long table;
  private final long available;
  private final long used;

  /** For each descriptor the next one of its chain, or the next free one. */
  private final int[] next;

  /** For each head how many descriptors its chain has; 0 if it is not with the device. */
  private final int[] lengths;

  private int firstFree;
  private int free;
  private int availableIndex;
  private int publishedIndex;
  private int usedIndex;

  SplitRing(GuestMemory memory, RingOptions options) {
    super(memory, options);
    size = options.size();
    table = memory.allocate((long) size * Descriptor.BYTES, 16);
    available = memory.allocate(driverAreaBytes(), 2);
    used = memory.allocate(6 + 8L * size, 4);
    next = new int[size];
    lengths = new int[size];
    for (int i = 0; i < size; i++) {
      next[i] = i + 1;
    }
    free = size;
  }

  @Override
  public long descriptorArea() {
    return table;
  }

  @Override
  public long driverArea() {
    return available;
  }

  @Override
  public long deviceArea() {
    return used;
  }

  @Override
  public int free() {
    return free;
  }

  @Override
  public int add(GuestChain chain) {
    boolean indirect = goesIndirect(chain);
    int needed = indirect ? 1 : chain.size();
    if (needed > free || needed == 0) {
      return -1;
    }
    int head = firstFree;
    if (indirect) {
      fillIndirect(indirectTable(head), chain);
      describe(head, indirectTable(head), chain.size() * Descriptor.BYTES, Descriptor.INDIRECT, 0);
      firstFree = next[head];
    } else {
      fillDirect(chain);
    }
    free -= needed;
    lengths[head] = needed;
    offer(head);
    return head;
  }

  @Override
  public boolean publish() {
    int before = publishedIndex;
    memory.release16(available + 2, availableIndex);
    publishedIndex = availableIndex;
    VarHandle.fullFence();
    if (options.eventIndex()) {
      return passed(memory.get16(used + 4 + 8L * size), publishedIndex, before);
    }
    return (memory.get16(used) & NO_NOTIFY) == 0;
  }

  @Override
  public int poll() {
    if (memory.acquire16(used + 2) == usedIndex) {
      return -1;
    }
    long element = used + 4 + 8L * (usedIndex & (size - 1));
    int head = memory.get32(element);
    if (!isBroken() && (head < 0 || head >= size || lengths[head] == 0)) {
      throw new VirtioViolation(
          "2.7.8", "the device used chain %d, which it was not given".formatted(head));
    }
    usedLength(memory.get32(element + 4));
    usedIndex = (usedIndex + 1) & 0xFFFF;
    if (!isBroken()) {
      release(head);
    }
    return head;
  }

  @Override
  public boolean armInterrupt() {
    if (options.eventIndex()) {
      memory.put16(available + 4 + 2L * size, usedIndex);
    }
    memory.put16(available, 0);
    VarHandle.fullFence();
    return memory.acquire16(used + 2) == usedIndex;
  }

  @Override
  public void disarmInterrupt() {
    if (!options.eventIndex()) {
      memory.put16(available, NO_INTERRUPT);
    }
  }

  @Override
  long driverAreaBytes() {
    return 6 + 2L * options.size();
  }

  @Override
  long write(RingDefect defect, RingDefect.Request request) {
    return defect.write(this, request);
  }

  /** Writes one descriptor, whatever is in it. */
  void describe(int index, long address, int length, int flags, int following) {
    describeAt(table + (long) index * Descriptor.BYTES, address, length, flags, following);
  }

  /** Writes one descriptor of any table. */
  void describeAt(long descriptor, long address, int length, int flags, int following) {
    memory.put64(descriptor, address);
    memory.put32(descriptor + 8, length);
    memory.put16(descriptor + 12, flags);
    memory.put16(descriptor + 14, following);
  }

  /** Puts a head into the available ring, whatever it is. */
  void offer(int head) {
    memory.put16(available + 4 + 2L * (availableIndex & (size - 1)), head);
    availableIndex = (availableIndex + 1) & 0xFFFF;
  }

  /** Moves the available index without filling the ring. */
  void skip(int entries) {
    availableIndex = (availableIndex + entries) & 0xFFFF;
  }

  private void fillDirect(GuestChain chain) {
    int index = firstFree;
    for (int i = 0; i < chain.size(); i++) {
      boolean last = i == chain.size() - 1;
      int flags = (chain.isWritable(i) ? Descriptor.WRITE : 0) | (last ? 0 : Descriptor.NEXT);
      describe(index, chain.address(i), chain.length(i), flags, last ? 0 : next[index]);
      index = next[index];
    }
    firstFree = index;
  }

  private void fillIndirect(long entries, GuestChain chain) {
    for (int i = 0; i < chain.size(); i++) {
      boolean last = i == chain.size() - 1;
      int flags = (chain.isWritable(i) ? Descriptor.WRITE : 0) | (last ? 0 : Descriptor.NEXT);
      describeAt(
          entries + (long) i * Descriptor.BYTES,
          chain.address(i),
          chain.length(i),
          flags,
          last ? 0 : i + 1);
    }
  }

  /** Puts a chain's descriptors back on the free list. */
  private void release(int head) {
    int last = head;
    for (int i = 1; i < lengths[head]; i++) {
      last = next[last];
    }
    next[last] = firstFree;
    firstFree = head;
    free += lengths[head];
    lengths[head] = 0;
  }
}
