package org.tenon.hv.virtio;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of one virtqueue, written straight from the driver's rules of VIRTIO 1.2 and
 * sharing nothing with the device's side. RAM is one region from address 0, addressed by offset.
 */
public abstract class GuestRing {
  /** One element of a buffer. */
  public record Element(long address, int length, boolean writable) {}

  /** One used buffer, as the driver sees it. */
  public record Used(int id, long written) {}

  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;

  final MemorySegment ram;
  final int size;
  final boolean eventIndex;
  final long table;
  final long driverArea;
  final long deviceArea;
  private final long indirectArea;

  GuestRing(MemorySegment ram, int size, boolean eventIndex, long base) {
    this.ram = ram;
    this.size = size;
    this.eventIndex = eventIndex;
    table = base;
    driverArea = base + 16L * size;
    deviceArea = (driverArea + 6 + 2L * size + 3) & ~3L;
    indirectArea = (deviceArea + 6 + 8L * size + 15) & ~15L;
  }

  public static GuestRing of(
      boolean packed, MemorySegment ram, int size, boolean eventIndex, long base) {
    return packed
        ? new Packed(ram, size, eventIndex, base)
        : new Split(ram, size, eventIndex, base);
  }

  QueueState state(boolean packed) {
    return QueueState.initial(packed, size, table, driverArea, deviceArea);
  }

  /** Where the descriptors lie. */
  public long table() {
    return table;
  }

  /** Where the available ring or the driver event suppression lies. */
  public long driverArea() {
    return driverArea;
  }

  /** Where the used ring or the device event suppression lies. */
  public long deviceArea() {
    return deviceArea;
  }

  /** How many descriptors are free. */
  public abstract int free();

  /**
   * Makes a buffer available; {@code direct} elements in the ring, the others in an indirect table.
   */
  public abstract int add(List<Element> elements, int direct);

  /** Whether the driver must notify the device of what it added since the last call. */
  public abstract boolean mustNotify();

  /** Takes one used buffer, if there is one. */
  public abstract @Nullable Used takeUsed();

  /** Takes all used buffers. */
  public final int drain() {
    int taken = 0;
    while (takeUsed() != null) {
      taken++;
    }
    return taken;
  }

  /**
   * Asks the device to interrupt at the {@code ahead}-th used buffer from the next, 0 for the next.
   */
  public abstract void wantInterruptAfter(int ahead);

  /** Asks the device not to interrupt. */
  abstract void wantNoInterrupt();

  long writeIndirect(int slot, List<Element> elements, boolean chained) {
    long at = indirectArea + 16L * size * slot;
    for (int i = 0; i < elements.size(); i++) {
      int next = chained && i + 1 < elements.size() ? NEXT : 0;
      Element e = elements.get(i);
      split(at + 16L * i, e.address(), e.length(), flags(e) | next, next == 0 ? 0 : i + 1);
    }
    if (!chained) {
      for (int i = 0; i < elements.size(); i++) {
        Element e = elements.get(i);
        packed(at + 16L * i, e.address(), e.length(), 0xdead, flags(e));
      }
    }
    return at;
  }

  static int flags(Element e) {
    return e.writable() ? WRITE : 0;
  }

  void split(long at, long address, int length, int flags, int next) {
    ram.set(JAVA_LONG_UNALIGNED, at, address);
    ram.set(JAVA_INT_UNALIGNED, at + 8, length);
    u16(at + 12, flags);
    u16(at + 14, next);
  }

  void packed(long at, long address, int length, int id, int flags) {
    ram.set(JAVA_LONG_UNALIGNED, at, address);
    ram.set(JAVA_INT_UNALIGNED, at + 8, length);
    u16(at + 12, id);
    u16(at + 14, flags);
  }

  int u16(long at) {
    return ram.get(JAVA_SHORT_UNALIGNED, at) & 0xffff;
  }

  void u16(long at, int value) {
    ram.set(JAVA_SHORT_UNALIGNED, at, (short) value);
  }

  long u32(long at) {
    return ram.get(JAVA_INT_UNALIGNED, at) & 0xffff_ffffL;
  }

  /** 2.7. */
  private static final class Split extends GuestRing {
    private final Deque<Integer> freeDescriptors = new ArrayDeque<>();
    private final Map<Integer, List<Integer>> chains = new HashMap<>();
    private int availIndex;
    private int notified;
    private int seenUsed;

    Split(MemorySegment ram, int size, boolean eventIndex, long base) {
      super(ram, size, eventIndex, base);
      for (int i = 0; i < size; i++) {
        freeDescriptors.add((i * 7 + 3) % size);
      }
      if (freeDescriptors.stream().distinct().count() != size) {
        freeDescriptors.clear();
        for (int i = size - 1; i >= 0; i--) {
          freeDescriptors.add(i);
        }
      }
    }

    @Override
    public int free() {
      return freeDescriptors.size();
    }

    @Override
    public int add(List<Element> elements, int direct) {
      boolean indirect = direct < elements.size();
      List<Integer> chain = new ArrayList<>();
      for (int i = 0; i < direct + (indirect ? 1 : 0); i++) {
        chain.add(freeDescriptors.remove());
      }
      for (int i = 0; i < direct; i++) {
        boolean last = i == chain.size() - 1;
        Element e = elements.get(i);
        split(
            table + 16L * chain.get(i),
            e.address(),
            e.length(),
            flags(e) | (last ? 0 : NEXT),
            last ? 0xffff : chain.get(i + 1));
      }
      if (indirect) {
        int slot = chain.getLast();
        List<Element> rest = elements.subList(direct, elements.size());
        split(table + 16L * slot, writeIndirect(slot, rest, true), 16 * rest.size(), INDIRECT, 0);
      }
      int head = chain.getFirst();
      chains.put(head, chain);
      u16(driverArea + 4 + 2L * (availIndex % size), head);
      availIndex = (availIndex + 1) & 0xffff;
      u16(driverArea + 2, availIndex);
      return head;
    }

    @Override
    public boolean mustNotify() {
      boolean must = false;
      if (eventIndex) {
        int event = u16(deviceArea + 4 + 8L * size);
        for (int i = notified; i != availIndex; i = (i + 1) & 0xffff) {
          must |= i == event;
        }
      } else {
        must = notified != availIndex && (u16(deviceArea) & 1) == 0;
      }
      notified = availIndex;
      return must;
    }

    @Override
    public @Nullable Used takeUsed() {
      if (u16(deviceArea + 2) == seenUsed) {
        return null;
      }
      long at = deviceArea + 4 + 8L * (seenUsed % size);
      seenUsed = (seenUsed + 1) & 0xffff;
      int id = (int) u32(at);
      List<Integer> chain = chains.remove(id);
      if (chain == null) {
        throw new AssertionError("used " + id + ", which is not in flight");
      }
      freeDescriptors.addAll(chain);
      return new Used(id, u32(at + 4));
    }

    @Override
    public void wantInterruptAfter(int ahead) {
      if (eventIndex) {
        u16(driverArea + 4 + 2L * size, seenUsed + ahead);
      } else {
        u16(driverArea, 0);
      }
    }

    @Override
    void wantNoInterrupt() {
      if (eventIndex) {
        u16(driverArea + 4 + 2L * size, seenUsed - 1);
      } else {
        u16(driverArea, 1);
      }
    }
  }

  /** 2.8. */
  private static final class Packed extends GuestRing {
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private final Map<Integer, Integer> slots = new HashMap<>();
    private int free;
    private int next;
    private boolean wrap = true;
    private int nextUsed;
    private boolean usedWrap = true;
    private final List<Integer> added = new ArrayList<>();

    Packed(MemorySegment ram, int size, boolean eventIndex, long base) {
      super(ram, size, eventIndex, base);
      free = size;
      for (int i = size - 1; i >= 0; i--) {
        freeIds.add(i);
      }
    }

    @Override
    public int free() {
      return free;
    }

    @Override
    public int add(List<Element> elements, int direct) {
      int id = freeIds.remove();
      boolean indirect = direct < elements.size();
      int count = indirect ? 1 : elements.size();
      long first = table + 16L * next;
      int firstFlags = 0;
      for (int i = 0; i < count; i++) {
        boolean last = i == count - 1;
        int marks = (wrap ? AVAIL : USED) | (last ? 0 : NEXT);
        long at = table + 16L * next;
        int flags;
        if (indirect) {
          flags = marks | INDIRECT;
          packed(at, writeIndirect(id, elements, false), 16 * elements.size(), id, u16(at + 14));
        } else {
          Element e = elements.get(i);
          flags = marks | flags(e);
          packed(at, e.address(), e.length(), last ? id : 0xbeef, i == 0 ? u16(at + 14) : flags);
        }
        if (i == 0) {
          firstFlags = flags;
        }
        added.add(next | (wrap ? 1 << 15 : 0));
        if (++next == size) {
          next = 0;
          wrap = !wrap;
        }
      }
      u16(first + 14, firstFlags);
      slots.put(id, count);
      free -= count;
      return id;
    }

    @Override
    public boolean mustNotify() {
      int flags = u16(deviceArea + 2);
      boolean must =
          switch (flags) {
            case 0 -> !added.isEmpty();
            case 1 -> false;
            case 2 -> added.contains(u16(deviceArea));
            default -> throw new AssertionError("reserved event flags " + flags);
          };
      added.clear();
      return must;
    }

    @Override
    public @Nullable Used takeUsed() {
      long at = table + 16L * nextUsed;
      int flags = u16(at + 14);
      boolean avail = (flags & AVAIL) != 0;
      boolean used = (flags & USED) != 0;
      if (avail != used || used != usedWrap) {
        return null;
      }
      int id = u16(at + 12);
      Integer count = slots.remove(id);
      if (count == null) {
        throw new AssertionError("used " + id + ", which is not in flight");
      }
      freeIds.add(id);
      free += count;
      nextUsed += count;
      if (nextUsed >= size) {
        nextUsed -= size;
        usedWrap = !usedWrap;
      }
      return new Used(id, (flags & WRITE) != 0 ? u32(at + 8) : 0);
    }

    /** Counts slots, not buffers: exact only while every buffer takes one. */
    @Override
    public void wantInterruptAfter(int ahead) {
      int slot = nextUsed + ahead;
      boolean slotWrap = usedWrap;
      if (slot >= size) {
        slot -= size;
        slotWrap = !slotWrap;
      }
      u16(driverArea, slot | (slotWrap ? 1 << 15 : 0));
      u16(driverArea + 2, eventIndex ? 2 : 0);
    }

    @Override
    void wantNoInterrupt() {
      u16(driverArea + 2, 1);
    }
  }
}
