package org.tenon.hv.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Drives a virtio network card from outside, between two runs, as the driver of a guest would. It
 * knows of the machine only what a guest's RAM holds, so that it goes on with a restored one.
 */
final class PokedNet {
  private static final int SIZE = 32;
  private static final int BUFFER = 300;
  private static final int HEADER = 12;
  private static final long RINGS = 0x400000;
  private static final long BUFFERS = 0x500000;
  private static final long FRAMES = 0x600000;
  private static final int PIECES = 4;

  /**
   * RING_RESET, VERSION_1, RING_EVENT_IDX; CTRL_VLAN, CTRL_RX, CTRL_VQ, STATUS, MRG_RXBUF, MAC,
   * GUEST_CSUM.
   */
  private static final long FEATURES =
      1L << 40 | 1L << 32 | 1 << 29 | 1 << 19 | 1 << 18 | 1 << 17 | 1 << 16 | 1 << 15 | 1 << 5
          | 1 << 1;

  private final int device;
  private final List<Ring> rings = List.of(new Ring(0), new Ring(1), new Ring(2));
  private final ArrayDeque<Integer> freeFrames = new ArrayDeque<>();

  /** Frames that have arrived, with their headers. */
  final List<byte[]> arrived = new ArrayList<>();

  private final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
  private int partsLeft;

  /** How many frames of those sent have come back. */
  int sent;

  /** Answers of the control queue. */
  final List<Integer> answers = new ArrayList<>();

  private PokedGuest guest;

  /** What the driver knows of one queue. */
  private static final class Ring {
    private final long table;
    private final int index;
    private int available;
    private int used;

    Ring(int index) {
      this.index = index;
      table = RINGS + 0x10000L * index;
    }

    long avail() {
      return table + 0x1000;
    }

    long usedAt() {
      return table + 0x2000;
    }
  }

  PokedNet(Machine machine, int device) {
    guest = new PokedGuest(machine);
    this.device = device;
    for (int i = 0; i < SIZE / PIECES; i++) {
      freeFrames.add(i);
    }
  }

  /** Goes on in another machine. */
  void in(Machine machine) {
    guest = new PokedGuest(machine);
  }

  private long bar() {
    return guest.bar0(device);
  }

  /** Negotiates, sets up three queues and posts buffers. */
  void begin() {
    guest.enable(device);
    long bar = bar();
    guest.mmio(bar + 0x14, 1, 1);
    guest.mmio(bar + 0x14, 1, 3);
    for (int half = 0; half < 2; half++) {
      guest.mmio(bar + 0x08, 4, half);
      guest.mmio(bar + 0x0c, 4, FEATURES >>> (32 * half) & 0xffff_ffffL);
    }
    guest.mmio(bar + 0x14, 1, 11);
    for (Ring ring : rings) {
      guest.mmio(bar + 0x16, 2, ring.index);
      guest.mmio(bar + 0x18, 2, SIZE);
      guest.mmio(bar + 0x1a, 2, ring.index);
      guest.mmio(bar + 0x20, 8, ring.table);
      guest.mmio(bar + 0x28, 8, ring.avail());
      guest.mmio(bar + 0x30, 8, ring.usedAt());
      guest.mmio(bar + 0x1c, 2, 1);
    }
    guest.mmio(bar + 0x14, 1, 15);
    for (int id = 0; id < SIZE / 2; id++) {
      post(id);
    }
    notify(0);
  }

  /** The status register: DRIVER_OK is 4, DEVICE_NEEDS_RESET 64. */
  int status() {
    return read16(bar() + 0x14) & 0xff;
  }

  /** How often the configuration space has changed. */
  int generation() {
    return (int) guest.mmio(bar() + 0x15, 1);
  }

  /** Resets a queue (VIRTIO 1.2, 2.6.1). */
  void resetQueue(int queue) {
    guest.mmio(bar() + 0x16, 2, queue);
    guest.mmio(bar() + 0x3a, 2, 1);
  }

  private int read16(long register) {
    return (int) guest.mmio(register, 2);
  }

  private void notify(int queue) {
    guest.mmio(bar() + 0x3000 + 4L * queue, 2, queue);
  }

  private void descriptor(Ring ring, int index, long address, int length, int flags, int next) {
    ByteBuffer bytes = PokedGuest.buffer(16);
    bytes.putLong(address).putInt(length).putShort((short) flags).putShort((short) next);
    guest.write(ring.table + 16L * index, bytes);
  }

  private void offer(Ring ring, int head) {
    guest.write(
        ring.avail() + 4 + 2L * (ring.available % SIZE),
        PokedGuest.buffer(2).putShort((short) head));
    ring.available++;
    guest.write(ring.avail() + 2, PokedGuest.buffer(2).putShort((short) ring.available));
  }

  /** Two descriptors, so that the header lies across them. */
  private void post(int id) {
    Ring ring = rings.get(0);
    long address = BUFFERS + 0x1000L * id;
    descriptor(ring, 2 * id, address, 7, 3, 2 * id + 1);
    descriptor(ring, 2 * id + 1, address + 100, BUFFER - 7, 2, 0);
    offer(ring, 2 * id);
  }

  /** Sends a frame in a few pieces; false where the ring is full. */
  boolean send(byte[] frame) {
    Integer place = freeFrames.poll();
    if (place == null) {
      return false;
    }
    Ring ring = rings.get(1);
    long address = FRAMES + 0x1000L * place;
    guest.write(address, new byte[HEADER]);
    guest.write(address + HEADER, frame);
    int first = PIECES * place;
    int half = frame.length / 2;
    descriptor(ring, first, address, HEADER + half, 1, first + 1);
    descriptor(ring, first + 1, address + HEADER + half, frame.length - half, 0, 0);
    offer(ring, first);
    notify(1);
    return true;
  }

  /** Gives a command: its class, number and content. */
  void command(int... bytes) {
    Ring ring = rings.get(2);
    long address = RINGS + 0x30000 + 0x100L * (ring.available % 8);
    byte[] content = new byte[bytes.length + 1];
    for (int i = 0; i < bytes.length; i++) {
      content[i] = (byte) bytes[i];
    }
    content[bytes.length] = 0x55;
    guest.write(address, content);
    int first = 2 * (ring.available % 8);
    descriptor(ring, first, address, bytes.length, 1, first + 1);
    descriptor(ring, first + 1, address + bytes.length, 1, 2, 0);
    offer(ring, first);
    notify(2);
  }

  /** Takes back what the device has used; buffers are posted again, in the order of their use. */
  void collect() {
    Ring ring = rings.get(0);
    for (long[] used = next(ring); used.length > 0; used = next(ring)) {
      int id = (int) used[0] / 2;
      long address = BUFFERS + 0x1000L * id;
      byte[] whole = new byte[BUFFER];
      System.arraycopy(guest.read(address, 7), 0, whole, 0, 7);
      System.arraycopy(guest.read(address + 100, BUFFER - 7), 0, whole, 7, BUFFER - 7);
      if (partsLeft == 0) {
        partsLeft = whole[10] & 0xff | (whole[11] & 0xff) << 8;
      }
      arriving.write(whole, 0, (int) used[1]);
      if (--partsLeft == 0) {
        arrived.add(arriving.toByteArray());
        arriving.reset();
      }
      post(id);
    }
    notify(0);
    for (long[] used = next(rings.get(1)); used.length > 0; used = next(rings.get(1))) {
      freeFrames.add((int) used[0] / PIECES);
      sent++;
    }
    for (long[] used = next(rings.get(2)); used.length > 0; used = next(rings.get(2))) {
      byte[] last = guest.read(rings.get(2).table + 16 * used[0] + 16, 8);
      answers.add((int) guest.read(PokedGuest.buffer(8).put(last).getLong(0), 1)[0]);
    }
  }

  /** The next used element: which, and how much was written; empty where there is none. */
  private long[] next(Ring ring) {
    int index = PokedGuest.buffer(2).put(guest.read(ring.usedAt() + 2, 2)).getShort(0) & 0xffff;
    if ((short) (index - ring.used) == 0) {
      return new long[0];
    }
    byte[] bytes = guest.read(ring.usedAt() + 4 + 8L * (ring.used % SIZE), 8);
    ring.used++;
    ByteBuffer element = PokedGuest.buffer(8).put(bytes);
    return new long[] {element.getInt(0), element.getInt(4)};
  }
}
