package org.tenon.kit.testing.virtio;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The device's side of a ring, for {@link LoopbackDevice}: plain, slow, and strict. */
abstract class LoopbackQueue {
  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;

  final GuestMemory memory;
  final RingOptions shape;
  final long descriptors;
  final long driver;
  final long device;

  LoopbackQueue(GuestMemory memory, RingOptions shape, long descriptors, long driver, long device) {
    this.memory = memory;
    this.shape = shape;
    this.descriptors = descriptors;
    this.driver = driver;
    this.device = device;
  }

  static LoopbackQueue of(
      GuestMemory memory, RingOptions shape, long descriptors, long driver, long device) {
    return shape.packed()
        ? new Packed(memory, shape, descriptors, driver, device)
        : new Split(memory, shape, descriptors, driver, device);
  }

  /** The next chain; null if there is none. */
  abstract @Nullable Chain take();

  abstract void use(Chain chain, int written);

  abstract boolean wantsInterrupt();

  abstract void suppressNotifications();

  /** Asks for a notification; false if a chain is there already. */
  abstract boolean requestNotification();

  /** The guest did something wrong. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /** A chain's buffers, checked. */
  static final class Chain {
    final int id;
    int descriptors;
    private final GuestMemory memory;
    private final List<long[]> readable = new ArrayList<>();
    private final List<long[]> writable = new ArrayList<>();

    Chain(int id, GuestMemory memory) {
      this.id = id;
      this.memory = memory;
    }

    void add(long address, int length, boolean written) {
      long bytes = Integer.toUnsignedLong(length);
      long base = memory.end() - (8L << 20);
      if (address < base || bytes == 0 || bytes > memory.end() - address) {
        throw new Malformed("a buffer outside memory");
      }
      if (!written && !writable.isEmpty()) {
        throw new Malformed("a readable buffer after a writable one");
      }
      (written ? writable : readable).add(new long[] {address, bytes});
    }

    int readableLength() {
      return readable.stream().mapToInt(piece -> (int) piece[1]).sum();
    }

    int writableLength() {
      return writable.stream().mapToInt(piece -> (int) piece[1]).sum();
    }

    byte[] read(int length) {
      if (readableLength() < length) {
        throw new Malformed("only " + readableLength() + " bytes to read");
      }
      byte[] all = new byte[length];
      int at = 0;
      while (at < length) {
        long[] piece = readable.getFirst();
        int part = (int) Math.min(piece[1], length - at);
        System.arraycopy(memory.read(piece[0], part), 0, all, at, part);
        piece[0] += part;
        piece[1] -= part;
        at += part;
        if (piece[1] == 0) {
          readable.removeFirst();
        }
      }
      return all;
    }

    void write(byte[] from, int offset, int length) {
      int at = 0;
      for (long[] piece : writable) {
        int part = (int) Math.min(piece[1], length - at);
        memory.write(piece[0], Arrays.copyOfRange(from, offset + at, offset + at + part));
        at += part;
      }
    }

    void writeStatus(int status) {
      if (writable.isEmpty()) {
        throw new Malformed("no room for a status");
      }
      long[] last = writable.getLast();
      memory.put8(last[0] + last[1] - 1, status);
    }

    /** Refuses a chain that could not be answered, before anything is done. */
    Chain checked() {
      if (writable.isEmpty()) {
        throw new Malformed("no room for a status");
      }
      return this;
    }
  }

  /** Section 2.7. */
  private static final class Split extends LoopbackQueue {
    private int seen;
    private int usedIndex;
    private boolean interrupt;

    Split(GuestMemory memory, RingOptions shape, long descriptors, long driver, long device) {
      super(memory, shape, descriptors, driver, device);
    }

    @Override
    @Nullable Chain take() {
      int ahead = (memory.acquire16(driver + 2) - seen) & 0xFFFF;
      if (ahead == 0) {
        return null;
      }
      if (ahead > shape.size()) {
        throw new Malformed("the available index is " + ahead + " ahead");
      }
      int head = memory.get16(driver + 4 + 2L * (seen % shape.size()));
      seen = (seen + 1) & 0xFFFF;
      Chain chain = new Chain(head, memory);
      walk(chain, descriptors, shape.size(), head, false);
      return chain.checked();
    }

    private void walk(Chain chain, long table, int entries, int first, boolean inner) {
      int index = first;
      for (int steps = 0; ; steps++) {
        if (index >= entries || steps >= entries) {
          throw new Malformed("a chain that leads nowhere");
        }
        long descriptor = table + 16L * index;
        long address = memory.get64(descriptor);
        int length = memory.get32(descriptor + 8);
        int flags = memory.get16(descriptor + 12);
        if ((flags & INDIRECT) != 0) {
          int count = inner || (flags & NEXT) != 0 ? 0 : tableEntries(address, length);
          if (count == 0) {
            throw new Malformed("a bad indirect table");
          }
          walk(chain, address, count, 0, true);
        } else {
          chain.add(address, length, (flags & WRITE) != 0);
        }
        if ((flags & NEXT) == 0) {
          return;
        }
        index = memory.get16(descriptor + 14);
      }
    }

    @Override
    void use(Chain chain, int written) {
      memory.put32(device + 4 + 8L * (usedIndex % shape.size()), chain.id);
      memory.put32(device + 8 + 8L * (usedIndex % shape.size()), written);
      int before = usedIndex;
      usedIndex = (usedIndex + 1) & 0xFFFF;
      memory.release16(device + 2, usedIndex);
      VarHandle.fullFence();
      interrupt =
          shape.eventIndex()
              ? memory.get16(driver + 4 + 2L * shape.size()) == before
              : (memory.get16(driver) & 1) == 0;
    }

    @Override
    boolean wantsInterrupt() {
      return interrupt;
    }

    @Override
    void suppressNotifications() {
      memory.put16(device, 1);
    }

    @Override
    boolean requestNotification() {
      memory.put16(device, 0);
      memory.put16(device + 4 + 8L * shape.size(), seen);
      VarHandle.fullFence();
      return memory.acquire16(driver + 2) == seen;
    }
  }

  /** Section 2.8. */
  private static final class Packed extends LoopbackQueue {
    private int next;
    private boolean wrap = true;
    private int used;
    private boolean usedWrap = true;
    private boolean interrupt;

    Packed(GuestMemory memory, RingOptions shape, long descriptors, long driver, long device) {
      super(memory, shape, descriptors, driver, device);
    }

    private boolean isAvailable() {
      int flags = memory.acquire16(descriptors + 16L * next + 14);
      return (((flags >> 7) & 1) != 0) == wrap && (((flags >> 15) & 1) != 0) != wrap;
    }

    @Override
    @Nullable Chain take() {
      if (!isAvailable()) {
        return null;
      }
      List<long[]> links = new ArrayList<>();
      int flags = NEXT;
      while ((flags & NEXT) != 0) {
        if (links.size() == shape.size()) {
          throw new Malformed("a chain longer than the ring");
        }
        long descriptor = descriptors + 16L * next;
        flags = memory.get16(descriptor + 14);
        links.add(
            new long[] {
              memory.get64(descriptor),
              memory.get32(descriptor + 8),
              memory.get16(descriptor + 12),
              flags
            });
        if (++next == shape.size()) {
          next = 0;
          wrap = !wrap;
        }
      }
      Chain chain = new Chain((int) links.getLast()[2], memory);
      chain.descriptors = links.size();
      for (long[] link : links) {
        gather(chain, link, links.size());
      }
      return chain.checked();
    }

    private void gather(Chain chain, long[] link, int count) {
      if ((link[3] & INDIRECT) == 0) {
        chain.add(link[0], (int) link[1], (link[3] & WRITE) != 0);
        return;
      }
      int entries = count > 1 ? 0 : tableEntries(link[0], (int) link[1]);
      if (entries == 0) {
        throw new Malformed("a bad indirect table");
      }
      for (int i = 0; i < entries; i++) {
        long descriptor = link[0] + 16L * i;
        int flags = memory.get16(descriptor + 14);
        if ((flags & ~WRITE) != 0) {
          throw new Malformed("flags in an indirect table");
        }
        chain.add(memory.get64(descriptor), memory.get32(descriptor + 8), (flags & WRITE) != 0);
      }
    }

    @Override
    void use(Chain chain, int written) {
      long descriptor = descriptors + 16L * used;
      memory.put32(descriptor + 8, written);
      memory.put16(descriptor + 12, chain.id);
      memory.release16(
          descriptor + 14, (usedWrap ? (1 << 7) | (1 << 15) : 0) | (written > 0 ? WRITE : 0));
      int at = used | (usedWrap ? 1 << 15 : 0);
      used += chain.descriptors;
      if (used >= shape.size()) {
        used -= shape.size();
        usedWrap = !usedWrap;
      }
      VarHandle.fullFence();
      int mode = memory.get16(driver + 2);
      interrupt = mode == 0 || (mode == 2 && memory.get16(driver) == at);
    }

    @Override
    boolean wantsInterrupt() {
      return interrupt;
    }

    @Override
    void suppressNotifications() {
      memory.put16(device + 2, 1);
    }

    @Override
    boolean requestNotification() {
      if (shape.eventIndex()) {
        memory.put16(device, next | (wrap ? 1 << 15 : 0));
        memory.put16(device + 2, 2);
      } else {
        memory.put16(device + 2, 0);
      }
      VarHandle.fullFence();
      return !isAvailable();
    }
  }

  int tableEntries(long address, int length) {
    long base = memory.end() - (8L << 20);
    boolean inside = address >= base && length > 0 && length <= memory.end() - address;
    return shape.indirect() && inside && length % 16 == 0 ? length / 16 : 0;
  }
}
