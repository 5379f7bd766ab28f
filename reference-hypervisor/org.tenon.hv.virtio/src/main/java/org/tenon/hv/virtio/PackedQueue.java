package org.tenon.hv.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/** A packed virtqueue (VIRTIO 1.2, 2.8). */
final class PackedQueue extends Virtqueue {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int AVAIL = 1 << 7;
  private static final int USED = 1 << 15;

  /** Offsets in a descriptor (2.8.13). */
  private static final int LENGTH = 8;

  private static final int ID = 12;
  private static final int FLAGS = 14;

  /** Event suppression (2.8.14): offset and wrap, then flags. */
  private static final int EVENT_BYTES = 4;

  private static final int EVENT_FLAGS = 2;
  private static final int EVENT_ENABLE = 0;
  private static final int EVENT_DISABLE = 1;
  private static final int EVENT_DESC = 2;
  private static final int EVENT_FLAGS_MASK = 3;
  private static final int EVENT_WRAP = 1 << 15;

  private final QueueState initial;
  private final MemoryRegion ringRegion;
  private final MemorySegment ring;
  private final long ringAt;
  private final MemorySegment driverEvent;
  private final long driverEventAt;
  private final MemoryRegion deviceEventRegion;
  private final MemorySegment deviceEvent;
  private final long deviceEventAt;
  private int nextAvail;
  private int nextUsed;
  private boolean availWrap;
  private boolean usedWrap;
  private int inFlight;
  private int unsignalled;

  private PackedQueue(
      QueueState state,
      GuestMemory memory,
      long features,
      MemoryRegion ringRegion,
      MemoryRegion driverEventRegion,
      MemoryRegion deviceEventRegion) {
    super(memory, state.size(), features);
    initial = state;
    this.ringRegion = ringRegion;
    ring = ringRegion.segment();
    ringAt = ringRegion.offset(state.descriptorArea());
    driverEvent = driverEventRegion.segment();
    driverEventAt = driverEventRegion.offset(state.driverArea());
    this.deviceEventRegion = deviceEventRegion;
    deviceEvent = deviceEventRegion.segment();
    deviceEventAt = deviceEventRegion.offset(state.deviceArea());
    nextAvail = state.nextAvail();
    nextUsed = state.nextUsed();
    availWrap = state.availWrap();
    usedWrap = state.usedWrap();
    inFlight = state.inFlight();
  }

  static @Nullable PackedQueue at(QueueState state, GuestMemory memory, long features) {
    MemoryRegion ring =
        memory.find(state.descriptorArea(), (long) state.size() * QueueState.DESCRIPTOR_BYTES);
    MemoryRegion driverEvent = memory.find(state.driverArea(), EVENT_BYTES);
    MemoryRegion deviceEvent = memory.find(state.deviceArea(), EVENT_BYTES);
    return ring == null || driverEvent == null || deviceEvent == null
        ? null
        : new PackedQueue(state, memory, features, ring, driverEvent, deviceEvent);
  }

  @Override
  boolean take(DescriptorChain into) {
    if (!isAvailable(Le.getU16Acquire(ring, slot(nextAvail) + FLAGS), availWrap)) {
      return false;
    }
    int index = nextAvail;
    boolean wrap = availWrap;
    for (int slots = 1; ; slots++) {
      if (slots + inFlight > size) {
        return fail(slots > 1 ? RingError.CHAIN_TOO_LONG : RingError.INDEX_JUMP);
      }
      long address = Le.getLong(ring, slot(index));
      long rest = Le.getLong(ring, slot(index) + LENGTH);
      int flags = (int) (rest >>> 48);
      if (!isAvailable(flags, wrap)) {
        return fail(RingError.LIST_INCOMPLETE);
      }
      RingError bad = addElement(address, rest & 0xffff_ffffL, flags, slots > 1, into);
      if (bad != null) {
        return fail(bad);
      }
      if (++index == size) {
        index = 0;
        wrap = !wrap;
      }
      if ((flags & NEXT) == 0) {
        into.identify((int) (rest >>> 32) & 0xffff, slots);
        inFlight += slots;
        nextAvail = index;
        availWrap = wrap;
        return true;
      }
    }
  }

  private @Nullable RingError addElement(
      long address, long length, int flags, boolean chained, DescriptorChain into) {
    if ((flags & INDIRECT) == 0) {
      return into.add(memory, address, length, (flags & WRITE) != 0);
    }
    if (!indirect) {
      return RingError.INDIRECT_NOT_NEGOTIATED;
    }
    if (chained || (flags & NEXT) != 0) {
      return RingError.INDIRECT_CHAINED;
    }
    if (length == 0 || length % QueueState.DESCRIPTOR_BYTES != 0) {
      return RingError.INDIRECT_LENGTH;
    }
    return addTable(address, length, into);
  }

  /**
   * Takes every entry of an indirect table, in order; only WRITE counts among their flags (2.8.7).
   */
  private @Nullable RingError addTable(long address, long length, DescriptorChain into) {
    long entries = length / QueueState.DESCRIPTOR_BYTES;
    if (entries > QueueState.MAX_SIZE) {
      return RingError.CHAIN_TOO_LONG;
    }
    MemoryRegion region = memory.find(address, length);
    if (region == null) {
      return RingError.BAD_ADDRESS;
    }
    MemorySegment table = region.segment();
    long at = region.offset(address);
    for (long entry = 0; entry < entries; entry++, at += QueueState.DESCRIPTOR_BYTES) {
      long rest = Le.getLong(table, at + LENGTH);
      boolean writable = ((int) (rest >>> 48) & WRITE) != 0;
      RingError bad = into.add(memory, Le.getLong(table, at), rest & 0xffff_ffffL, writable);
      if (bad != null) {
        return bad;
      }
    }
    return null;
  }

  @Override
  public void push(int id, int slots, long written) {
    long at = slot(nextUsed);
    Le.setInt(ring, at + LENGTH, (int) written);
    Le.setU16Release(ring, at + ID, id);
    int flags = (usedWrap ? AVAIL | USED : 0) | (written > 0 ? WRITE : 0);
    Le.setU16Release(ring, at + FLAGS, flags);
    ringRegion.markDirty(at, QueueState.DESCRIPTOR_BYTES);
    nextUsed += slots;
    if (nextUsed >= size) {
      nextUsed -= size;
      usedWrap = !usedWrap;
    }
    inFlight -= slots;
    unsignalled += slots;
  }

  @Override
  public boolean interruptDue() {
    int added = unsignalled;
    if (added == 0) {
      return false;
    }
    unsignalled = 0;
    // The driver writes its wish, then looks at the ring; we do the reverse.
    VarHandle.fullFence();
    return switch (Le.getU16Acquire(driverEvent, driverEventAt + EVENT_FLAGS) & EVENT_FLAGS_MASK) {
      case EVENT_DISABLE -> false;
      case EVENT_DESC -> !eventIndex || passed(Le.getU16(driverEvent, driverEventAt), added);
      default -> true;
    };
  }

  /**
   * Whether the slot the driver named lies among the {@code added} ones behind the next used one.
   */
  private boolean passed(int event, int added) {
    int slot = event & (EVENT_WRAP - 1);
    boolean wrap = (event & EVENT_WRAP) != 0;
    int distance = nextUsed - slot + (wrap == usedWrap ? 0 : size);
    return distance > 0 && distance <= added;
  }

  @Override
  public void suppressNotifications() {
    writeDeviceEvent(EVENT_FLAGS, EVENT_DISABLE);
  }

  @Override
  public boolean allowNotifications() {
    if (eventIndex) {
      writeDeviceEvent(0, nextAvail | (availWrap ? EVENT_WRAP : 0));
      writeDeviceEvent(EVENT_FLAGS, EVENT_DESC);
    } else {
      writeDeviceEvent(EVENT_FLAGS, EVENT_ENABLE);
    }
    VarHandle.fullFence();
    return error() == null
        && isAvailable(Le.getU16Acquire(ring, slot(nextAvail) + FLAGS), availWrap);
  }

  private void writeDeviceEvent(int field, int value) {
    Le.setU16Release(deviceEvent, deviceEventAt + field, value);
    deviceEventRegion.markDirty(deviceEventAt, EVENT_BYTES);
  }

  @Override
  public QueueState state() {
    return new QueueState(
        true,
        size,
        initial.descriptorArea(),
        initial.driverArea(),
        initial.deviceArea(),
        nextAvail,
        nextUsed,
        availWrap,
        usedWrap);
  }

  private long slot(int index) {
    return ringAt + (long) index * QueueState.DESCRIPTOR_BYTES;
  }

  private static boolean isAvailable(int flags, boolean wrap) {
    return ((flags & AVAIL) != 0) == wrap && ((flags & USED) != 0) != wrap;
  }
}
