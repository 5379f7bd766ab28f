package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.QueueState;

/**
 * What a device must find next in a ring, by the letter of VIRTIO 1.2, 2.7 and 2.8, and by the
 * slowest way: first the whole list of descriptors, then the rules over it.
 *
 * @param elements of the next buffer, or null if there is none
 * @param id of the buffer
 * @param broken whether the driver broke a rule
 */
record ReferenceWalk(@Nullable List<GuestRing.Element> elements, int id, boolean broken) {
  private static final ReferenceWalk EMPTY = new ReferenceWalk(null, 0, false);
  private static final ReferenceWalk BROKEN = new ReferenceWalk(null, 0, true);

  private record Descriptor(long address, long length, int third, int fourth) {
    static Descriptor at(MemorySegment ram, long offset) {
      return new Descriptor(
          ram.get(JAVA_LONG_UNALIGNED, offset),
          ram.get(JAVA_INT_UNALIGNED, offset + 8) & 0xffff_ffffL,
          ram.get(JAVA_SHORT_UNALIGNED, offset + 12) & 0xffff,
          ram.get(JAVA_SHORT_UNALIGNED, offset + 14) & 0xffff);
    }

    boolean liesIn(MemorySegment ram) {
      return address >= 0 && address <= ram.byteSize() && length <= ram.byteSize() - address;
    }
  }

  static ReferenceWalk of(MemorySegment ram, QueueState state, long features, int capacity) {
    return state.packed()
        ? packed(ram, state, features, capacity)
        : split(ram, state, features, capacity);
  }

  private static ReferenceWalk split(
      MemorySegment ram, QueueState state, long features, int capacity) {
    int index = ram.get(JAVA_SHORT_UNALIGNED, state.driverArea() + 2) & 0xffff;
    int exposed = (index - state.nextUsed()) & 0xffff;
    if (index == state.nextAvail()) {
      return EMPTY;
    }
    int pending = (index - state.nextAvail()) & 0xffff;
    if (exposed > state.size() || pending > state.size()) {
      return BROKEN;
    }
    int head =
        ram.get(
                JAVA_SHORT_UNALIGNED,
                state.driverArea() + 4 + 2L * (state.nextAvail() % state.size()))
            & 0xffff;
    List<Descriptor> list = new ArrayList<>();
    long table = state.descriptorArea();
    long entries = state.size();
    boolean inTable = false;
    int next = head;
    int steps = 0;
    while (true) {
      if (next >= entries || ++steps > entries) {
        return BROKEN;
      }
      Descriptor d = Descriptor.at(ram, table + 16L * next);
      int flags = d.third();
      if ((flags & 4) != 0) {
        boolean allowed =
            Feature.has(features, Feature.INDIRECT_DESC)
                && !inTable
                && (flags & 1) == 0
                && d.length() > 0
                && d.length() % 16 == 0
                && d.liesIn(ram);
        if (!allowed) {
          return BROKEN;
        }
        table = d.address();
        entries = d.length() / 16;
        inTable = true;
        next = 0;
        steps = 0;
        continue;
      }
      list.add(d);
      if ((flags & 1) == 0) {
        return judge(ram, list, d2 -> (d2.third() & 2) != 0, head, capacity);
      }
      next = d.fourth();
    }
  }

  private static ReferenceWalk packed(
      MemorySegment ram, QueueState state, long features, int capacity) {
    List<Descriptor> ring = new ArrayList<>();
    int slot = state.nextAvail();
    boolean wrap = state.availWrap();
    int inFlight =
        state.nextAvail()
            - state.nextUsed()
            + (state.availWrap() == state.usedWrap() ? 0 : state.size());
    while (true) {
      Descriptor d = Descriptor.at(ram, state.descriptorArea() + 16L * slot);
      boolean avail = (d.fourth() & 1 << 7) != 0;
      boolean used = (d.fourth() & 1 << 15) != 0;
      if (avail != wrap || used == wrap) {
        return ring.isEmpty() ? EMPTY : BROKEN;
      }
      ring.add(d);
      if (ring.size() + inFlight > state.size()) {
        return BROKEN;
      }
      if ((d.fourth() & 1) == 0) {
        break;
      }
      if (++slot == state.size()) {
        slot = 0;
        wrap = !wrap;
      }
    }
    Descriptor last = ring.getLast();
    List<Descriptor> list = new ArrayList<>(ring);
    if (ring.stream().anyMatch(d -> (d.fourth() & 4) != 0)) {
      boolean allowed =
          Feature.has(features, Feature.INDIRECT_DESC)
              && ring.size() == 1
              && last.length() > 0
              && last.length() % 16 == 0
              && last.liesIn(ram);
      if (!allowed) {
        return BROKEN;
      }
      list.clear();
      for (long at = last.address(); at < last.address() + last.length(); at += 16) {
        list.add(Descriptor.at(ram, at));
      }
    }
    return judge(ram, list, d -> (d.fourth() & 2) != 0, last.third(), capacity);
  }

  private interface Direction {
    boolean isWritable(Descriptor descriptor);
  }

  private static ReferenceWalk judge(
      MemorySegment ram, List<Descriptor> list, Direction direction, int id, int capacity) {
    List<GuestRing.Element> elements = new ArrayList<>();
    boolean writableSeen = false;
    for (Descriptor d : list) {
      if (d.length() == 0) {
        continue;
      }
      boolean writable = direction.isWritable(d);
      if (!d.liesIn(ram) || (writableSeen && !writable)) {
        return BROKEN;
      }
      writableSeen |= writable;
      elements.add(new GuestRing.Element(d.address(), (int) d.length(), writable));
    }
    return elements.size() > capacity ? BROKEN : new ReferenceWalk(elements, id, false);
  }
}
