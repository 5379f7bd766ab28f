package org.tenon.kit.testing.virtio;

import java.lang.invoke.VarHandle;
import org.tenon.api.Stability;

/** The driver's side of a packed virtqueue (VIRTIO 1.2 section 2.8). */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class PackedRing extends GuestRing {
  private static final int AVAILABLE = 1 << 7;
  private static final int USED = 1 << 15;
  private static final int EVENTS_ENABLED = 0;
  private static final int EVENTS_DISABLED = 1;
  private static final int EVENTS_AT_DESCRIPTOR = 2;
  private static final int NOTHING_ADDED = -1;

  private final int size;
  private final long ring;
  private final long driverEvents;
  private final long deviceEvents;

  /** For each buffer id how many descriptors its chain has; 0 if it is not with the device. */
  private final int[] lengths;

  private final int[] freeIds;
  private int freeIdCount;
  private int free;
  private int nextAvailable;
  private boolean availableWrap = true;
  private int nextUsed;
  private boolean usedWrap = true;
  private int added;

  /**
   * The first descriptor added since the last publish, whose flags are held back so that the device
   * sees none of them.
   */
  private int heldBack = NOTHING_ADDED;

  private int heldBackFlags;

  PackedRing(GuestMemory memory, RingOptions options) {
    super(memory, options);
    size = options.size();
    ring = memory.allocate((long) size * Descriptor.BYTES, 16);
    driverEvents = memory.allocate(driverAreaBytes(), 4);
    deviceEvents = memory.allocate(4, 4);
    lengths = new int[size];
    freeIds = new int[size];
    for (int i = 0; i < size; i++) {
      freeIds[i] = size - 1 - i;
    }
    freeIdCount = size;
    free = size;
  }

  @Override
  public long descriptorArea() {
    return ring;
  }

  @Override
  public long driverArea() {
    return driverEvents;
  }

  @Override
  public long deviceArea() {
    return deviceEvents;
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
    int id = freeIds[--freeIdCount];
    if (indirect) {
      fillIndirect(indirectTable(id), chain);
      put(indirectTable(id), chain.size() * Descriptor.BYTES, id, Descriptor.INDIRECT);
    } else {
      fillDirect(chain, id);
    }
    free -= needed;
    lengths[id] = needed;
    return id;
  }

  @Override
  public boolean publish() {
    if (heldBack != NOTHING_ADDED) {
      memory.release16(flagsAt(heldBack), heldBackFlags);
      heldBack = NOTHING_ADDED;
    }
    int passedBy = added;
    added = 0;
    VarHandle.fullFence();
    int flags = memory.get16(deviceEvents + 2) & 3;
    if (flags != EVENTS_AT_DESCRIPTOR) {
      return flags == EVENTS_ENABLED;
    }
    int where = memory.get16(deviceEvents);
    int event = where & 0x7FFF;
    if ((where >> 15 != 0) != availableWrap) {
      event -= size;
    }
    return passed(event, nextAvailable, nextAvailable - passedBy);
  }

  @Override
  public int poll() {
    if (!isUsed()) {
      return -1;
    }
    long descriptor = at(nextUsed);
    int id = memory.get16(descriptor + 12);
    if (!isBroken() && (id >= size || lengths[id] == 0)) {
      throw new VirtioViolation(
          "2.8.7", "the device used buffer %d, which it was not given".formatted(id));
    }
    usedLength(memory.get32(descriptor + 8));
    if (isBroken()) {
      return id;
    }
    nextUsed += lengths[id];
    if (nextUsed >= size) {
      nextUsed -= size;
      usedWrap = !usedWrap;
    }
    free += lengths[id];
    lengths[id] = 0;
    freeIds[freeIdCount++] = id;
    return id;
  }

  @Override
  public boolean armInterrupt() {
    if (options.eventIndex()) {
      memory.put16(driverEvents, nextUsed | (usedWrap ? 1 << 15 : 0));
      memory.release16(driverEvents + 2, EVENTS_AT_DESCRIPTOR);
    } else {
      memory.release16(driverEvents + 2, EVENTS_ENABLED);
    }
    VarHandle.fullFence();
    return !isUsed();
  }

  @Override
  public void disarmInterrupt() {
    memory.release16(driverEvents + 2, EVENTS_DISABLED);
  }

  @Override
  long driverAreaBytes() {
    return 4;
  }

  @Override
  long write(RingDefect defect, RingDefect.Request request) {
    return defect.write(this, request);
  }

  /** Writes one descriptor at the end of what was added, whatever is in it. */
  void put(long address, int length, int id, int flags) {
    long descriptor = at(nextAvailable);
    memory.put64(descriptor, address);
    memory.put32(descriptor + 8, length);
    memory.put16(descriptor + 12, id);
    int all = flags | (availableWrap ? AVAILABLE : USED);
    if (heldBack == NOTHING_ADDED) {
      heldBack = nextAvailable;
      heldBackFlags = all;
    } else {
      memory.put16(descriptor + 14, all);
    }
    added++;
    if (++nextAvailable == size) {
      nextAvailable = 0;
      availableWrap = !availableWrap;
    }
  }

  /** Writes one descriptor of an indirect table. */
  void describeAt(long descriptor, long address, int length, int id, int flags) {
    memory.put64(descriptor, address);
    memory.put32(descriptor + 8, length);
    memory.put16(descriptor + 12, id);
    memory.put16(descriptor + 14, flags);
  }

  private void fillDirect(GuestChain chain, int id) {
    for (int i = 0; i < chain.size(); i++) {
      boolean last = i == chain.size() - 1;
      int flags = (chain.isWritable(i) ? Descriptor.WRITE : 0) | (last ? 0 : Descriptor.NEXT);
      put(chain.address(i), chain.length(i), id, flags);
    }
  }

  private void fillIndirect(long entries, GuestChain chain) {
    for (int i = 0; i < chain.size(); i++) {
      int flags = chain.isWritable(i) ? Descriptor.WRITE : 0;
      describeAt(
          entries + (long) i * Descriptor.BYTES, chain.address(i), chain.length(i), 0, flags);
    }
  }

  private boolean isUsed() {
    int flags = memory.acquire16(flagsAt(nextUsed));
    boolean available = (flags & AVAILABLE) != 0;
    boolean used = (flags & USED) != 0;
    return available == used && used == usedWrap;
  }

  private long at(int index) {
    return ring + (long) index * Descriptor.BYTES;
  }

  private long flagsAt(int index) {
    return at(index) + 14;
  }
}
