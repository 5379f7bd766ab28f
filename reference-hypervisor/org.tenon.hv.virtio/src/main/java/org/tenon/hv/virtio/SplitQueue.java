package org.tenon.hv.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/** A split virtqueue (VIRTIO 1.2, 2.7). */
final class SplitQueue extends Virtqueue {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int NO_INTERRUPT = 1;
  private static final int NO_NOTIFY = 1;

  /** Offsets in the available and the used ring (2.7.6, 2.7.8). */
  private static final int FLAGS = 0;

  private static final int INDEX = 2;
  private static final int ENTRIES = 4;
  private static final int AVAIL_ENTRY_BYTES = 2;
  private static final int USED_ENTRY_BYTES = 8;
  private static final int EVENT_BYTES = 2;

  private final QueueState initial;
  private final MemorySegment table;
  private final long tableAt;
  private final MemorySegment avail;
  private final long availAt;
  private final MemoryRegion usedRegion;
  private final MemorySegment used;
  private final long usedAt;
  private int nextAvail;
  private int nextUsed;
  private int signalled;

  private SplitQueue(
      QueueState state,
      GuestMemory memory,
      long features,
      MemoryRegion tableRegion,
      MemoryRegion availRegion,
      MemoryRegion usedRegion) {
    super(memory, state.size(), features);
    initial = state;
    table = tableRegion.segment();
    tableAt = tableRegion.offset(state.descriptorArea());
    avail = availRegion.segment();
    availAt = availRegion.offset(state.driverArea());
    this.usedRegion = usedRegion;
    used = usedRegion.segment();
    usedAt = usedRegion.offset(state.deviceArea());
    nextAvail = state.nextAvail();
    nextUsed = state.nextUsed();
    signalled = nextUsed;
  }

  static @Nullable SplitQueue at(QueueState state, GuestMemory memory, long features) {
    int size = state.size();
    MemoryRegion table =
        memory.find(state.descriptorArea(), (long) size * QueueState.DESCRIPTOR_BYTES);
    MemoryRegion avail =
        memory.find(state.driverArea(), ENTRIES + (long) size * AVAIL_ENTRY_BYTES + EVENT_BYTES);
    MemoryRegion used =
        memory.find(state.deviceArea(), ENTRIES + (long) size * USED_ENTRY_BYTES + EVENT_BYTES);
    return table == null || avail == null || used == null
        ? null
        : new SplitQueue(state, memory, features, table, avail, used);
  }

  @Override
  boolean take(DescriptorChain into) {
    int pending = u16(Le.getU16Acquire(avail, availAt + INDEX) - nextAvail);
    if (pending == 0) {
      return false;
    }
    if (pending + u16(nextAvail - nextUsed) > size) {
      return fail(RingError.INDEX_JUMP);
    }
    long entry = availAt + ENTRIES + (long) (nextAvail & (size - 1)) * AVAIL_ENTRY_BYTES;
    int head = Le.getU16(avail, entry);
    if (head >= size) {
      return fail(RingError.INDEX_OUT_OF_RANGE);
    }
    RingError broken = walk(head, into);
    if (broken != null) {
      return fail(broken);
    }
    into.identify(head, 1);
    nextAvail = u16(nextAvail + 1);
    return true;
  }

  /** Follows a chain through the table and, at its end, at most one indirect table (2.7.5.3). */
  private @Nullable RingError walk(int head, DescriptorChain into) {
    MemorySegment in = table;
    long at = tableAt;
    long entries = size;
    int index = head;
    boolean inIndirect = false;
    for (int steps = 1; ; steps++) {
      if (steps > entries || steps > QueueState.MAX_SIZE) {
        return RingError.CHAIN_TOO_LONG;
      }
      long descriptor = at + (long) index * QueueState.DESCRIPTOR_BYTES;
      long address = Le.getLong(in, descriptor);
      long rest = Le.getLong(in, descriptor + 8);
      long length = rest & 0xffff_ffffL;
      int flags = (int) (rest >>> 32) & 0xffff;
      if ((flags & INDIRECT) != 0) {
        RingError refused = checkIndirect(inIndirect, flags, length);
        if (refused != null) {
          return refused;
        }
        MemoryRegion region = memory.find(address, length);
        if (region == null) {
          return RingError.BAD_ADDRESS;
        }
        in = region.segment();
        at = region.offset(address);
        entries = length / QueueState.DESCRIPTOR_BYTES;
        index = 0;
        inIndirect = true;
        steps = 0;
        continue;
      }
      RingError bad = into.add(memory, address, length, (flags & WRITE) != 0);
      if (bad != null) {
        return bad;
      }
      if ((flags & NEXT) == 0) {
        return null;
      }
      index = (int) (rest >>> 48);
      if (index >= entries) {
        return RingError.INDEX_OUT_OF_RANGE;
      }
    }
  }

  private @Nullable RingError checkIndirect(boolean inIndirect, int flags, long length) {
    if (!indirect) {
      return RingError.INDIRECT_NOT_NEGOTIATED;
    }
    if (inIndirect) {
      return RingError.INDIRECT_NESTED;
    }
    if ((flags & NEXT) != 0) {
      return RingError.INDIRECT_CHAINED;
    }
    return length == 0 || length % QueueState.DESCRIPTOR_BYTES != 0
        ? RingError.INDIRECT_LENGTH
        : null;
  }

  @Override
  public void push(int id, int slots, long written) {
    long entry = ENTRIES + (long) (nextUsed & (size - 1)) * USED_ENTRY_BYTES;
    Le.setLong(used, usedAt + entry, (id & 0xffff_ffffL) | written << 32);
    nextUsed = u16(nextUsed + 1);
    Le.setU16Release(used, usedAt + INDEX, nextUsed);
    usedRegion.markDirty(usedAt + entry, USED_ENTRY_BYTES);
    usedRegion.markDirty(usedAt, ENTRIES);
  }

  @Override
  public boolean interruptDue() {
    int added = u16(nextUsed - signalled);
    if (added == 0) {
      return false;
    }
    signalled = nextUsed;
    // The driver writes its wish, then looks at the used index; we do the reverse.
    VarHandle.fullFence();
    if (!eventIndex) {
      return (Le.getU16(avail, availAt + FLAGS) & NO_INTERRUPT) == 0;
    }
    int event = Le.getU16(avail, availAt + ENTRIES + (long) size * AVAIL_ENTRY_BYTES);
    return u16(nextUsed - event - 1) < added;
  }

  @Override
  public void suppressNotifications() {
    if (!eventIndex) {
      writeUsedHeader(FLAGS, NO_NOTIFY);
    }
    // With an event index the old one lies behind the driver already and asks for nothing.
  }

  @Override
  public boolean allowNotifications() {
    if (eventIndex) {
      writeUsedHeader(ENTRIES + (long) size * USED_ENTRY_BYTES, nextAvail);
    } else {
      writeUsedHeader(FLAGS, 0);
    }
    VarHandle.fullFence();
    return error() == null && Le.getU16Acquire(avail, availAt + INDEX) != nextAvail;
  }

  private void writeUsedHeader(long field, int value) {
    Le.setU16Release(used, usedAt + field, value);
    usedRegion.markDirty(usedAt + field, EVENT_BYTES);
  }

  @Override
  public QueueState state() {
    return new QueueState(
        false,
        size,
        initial.descriptorArea(),
        initial.driverArea(),
        initial.deviceArea(),
        nextAvail,
        nextUsed,
        true,
        true);
  }

  private static int u16(int value) {
    return value & 0xffff;
  }
}
