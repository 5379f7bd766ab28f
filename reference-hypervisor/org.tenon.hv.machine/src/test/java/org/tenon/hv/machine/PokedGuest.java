package org.tenon.hv.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Drives disks from outside, between two runs, as the driver of a guest would: registers through
 * the machine's address spaces, rings in its RAM.
 */
final class PokedGuest {
  private static final long RINGS = 0x400000;
  private static final long DATA = 0x500000;
  private static final long PRPS = 0x410000;

  private final Machine machine;

  PokedGuest(Machine machine) {
    this.machine = machine;
  }

  /** Writes configuration space; a device behind root port n is {@code 32 * n}. */
  void config(int device, int register, long value) {
    machine.board().ports().write(0xcf8, 4, 0x80000000L | device << 11 | register);
    machine.board().ports().write(0xcfc, 4, value);
  }

  long config(int device, int register) {
    machine.board().ports().write(0xcf8, 4, 0x80000000L | device << 11 | register);
    return machine.board().ports().read(0xcfc, 4);
  }

  void mmio(long address, int size, long value) {
    machine.board().mmio().write(address, size, value);
  }

  long mmio(long address, int size) {
    return machine.board().mmio().read(address, size);
  }

  long bar0(int device) {
    return config(device, 0x14) << 32 | config(device, 0x10) & ~0xfL;
  }

  void write(long address, byte[] bytes) {
    machine.debugger().write(0, address, bytes);
  }

  void write(long address, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.limit()];
    bytes.get(0, copy);
    write(address, copy);
  }

  byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    machine.debugger().read(0, address, bytes);
    return bytes;
  }

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] pattern(int seed, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (seed * 31 + i * 7);
    }
    return bytes;
  }

  /** Enables memory and bus mastering, and MSI-X with every message held back. */
  void enable(int device) {
    config(device, 4, 6);
    for (int at = (int) config(device, 0x34);
        at != 0;
        at = (int) (config(device, at) >>> 8 & 0xff)) {
      if ((config(device, at) & 0xff) == 0x11) {
        config(device, at, 0xc0000000L);
      }
    }
  }

  // ---- virtio

  /** Negotiates, sets up queue 0 with 16 entries, and asks for a few things at once. */
  void virtio(int device) {
    enable(device);
    long bar = bar0(device);
    mmio(bar + 0x14, 1, 1);
    mmio(bar + 0x14, 1, 3);
    mmio(bar + 0x08, 4, 0);
    mmio(bar + 0x0c, 4, 1 << 9 | 1 << 11 | 1 << 13 | 1 << 14);
    mmio(bar + 0x08, 4, 1);
    mmio(bar + 0x0c, 4, 1 | 1 << 8);
    mmio(bar + 0x14, 1, 11);
    mmio(bar + 0x10, 2, 0);
    mmio(bar + 0x16, 2, 0);
    mmio(bar + 0x18, 2, 16);
    mmio(bar + 0x1a, 2, 1);
    mmio(bar + 0x20, 8, RINGS);
    mmio(bar + 0x28, 8, RINGS + 0x1000);
    mmio(bar + 0x30, 8, RINGS + 0x2000);
    mmio(bar + 0x1c, 2, 1);
    mmio(bar + 0x14, 1, 15);
    // Write-through, over a driver without FUA: a flush follows each write.
    mmio(bar + 0x2000 + 32, 1, 0);
    write(DATA, pattern(1, 4096));
    request(0, 1, 8, DATA, false);
    request(1, 0, 0, DATA + 0x1000, true);
    request(2, 1, 16, DATA, false);
    request(3, 0, 8, DATA + 0x2000, true);
    ByteBuffer available = buffer(12);
    available.putShort((short) 0).putShort((short) 4);
    for (int i = 0; i < 4; i++) {
      available.putShort((short) (3 * i));
    }
    write(RINGS + 0x1000, available);
    mmio(bar + 0x3000, 2, 0);
  }

  /** Resets the queue (VIRTIO 1.2, 2.6.1). */
  void resetVirtioQueue(int device) {
    mmio(bar0(device) + 0x3a, 2, 1);
  }

  /** Whether that is under way. */
  boolean isVirtioQueueResetting(int device) {
    return machine.board().mmio().read(bar0(device) + 0x3a, 2) == 1;
  }

  /** Three descriptors: header, 4 KiB of data, status. */
  private void request(int index, int type, long sector, long data, boolean writable) {
    long header = RINGS + 0x3000 + 32L * index;
    write(header, buffer(17).putInt(type).putInt(0).putLong(sector).put((byte) 0xff));
    ByteBuffer table = buffer(48);
    int first = 3 * index;
    table.putLong(header).putInt(16).putShort((short) 1).putShort((short) (first + 1));
    table.putLong(data).putInt(4096);
    table.putShort((short) (writable ? 3 : 1)).putShort((short) (first + 2));
    table.putLong(header + 16).putInt(1).putShort((short) 2).putShort((short) 0);
    write(RINGS + 16L * first, table);
  }

  /** Used index and the statuses of the four requests. */
  String virtioAnswers() {
    StringBuilder text = new StringBuilder();
    text.append(buffer(2).put(read(RINGS + 0x2002, 2)).getShort(0));
    for (int i = 0; i < 4; i++) {
      text.append(' ').append(read(RINGS + 0x3000 + 32L * i + 16, 1)[0]);
    }
    return text.toString();
  }

  // ---- NVMe

  private static final long NVME = 0x600000;
  private int adminTail;
  private int ioTail;

  /** Enables the controller, makes a queue pair, gathers interrupts, and asks for a few things. */
  void nvme(int device) {
    enable(device);
    long bar = bar0(device);
    mmio(bar + 0x24, 4, 0x000f000f);
    mmio(bar + 0x28, 4, NVME);
    mmio(bar + 0x30, 4, NVME + 0x1000);
    mmio(bar + 0x14, 4, 0x00460001);
    admin(bar, 0x0c, 0, 0, 0);
    admin(bar, 0x09, 0, 0x08, 0x64ff);
    admin(bar, 0x05, NVME + 0x3000, 0x000f0001, 0x00010003);
    admin(bar, 0x01, NVME + 0x2000, 0x000f0001, 0x00010001);
    write(DATA + 0x10000, pattern(2, 4096));
    io(0x01, DATA + 0x10000, 32, 8);
    io(0x02, DATA + 0x11000, 0, 8);
    io(0x08, 0, 32, 8);
    io(0x00, 0, 0, 1);
    io(0x02, DATA + 0x12000, 32, 8);
    write(PRPS, buffer(32).putInt(0).putInt(2).putLong(40).putInt(0).putInt(3).putLong(48));
    command(NVME + 0x2000, ioTail++, 0x09, PRPS, 1, 4, 0);
    mmio(bar + 0x1000 + 8, 4, ioTail);
  }

  private void admin(long bar, int opcode, long pointer, int word10, int word11) {
    command(NVME, adminTail++, opcode, pointer, word10, word11, 0);
    mmio(bar + 0x1000, 4, adminTail);
  }

  private void io(int opcode, long pointer, int block, int blocks) {
    command(NVME + 0x2000, ioTail++, opcode, pointer, block, 0, blocks - 1);
  }

  private void command(
      long queue, int index, int opcode, long pointer, int word10, int word11, int word12) {
    ByteBuffer entry = buffer(64);
    entry.putInt(opcode | (index + 1) << 16).putInt(1);
    entry.putLong(24, pointer).putInt(40, word10).putInt(44, word11).putInt(48, word12);
    write(queue + 64L * index, entry);
  }

  /** Command and status of each I/O completion, in the order of the queue. */
  String nvmeAnswers() {
    ByteBuffer queue = buffer(256).put(0, read(NVME + 0x3000, 256));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      int last = queue.getInt(16 * i + 12);
      if (last != 0) {
        text.append("%d:%x ".formatted(last & 0xffff, last >>> 17));
      }
    }
    return text.toString().strip();
  }

  byte[] data(int page) {
    return read(DATA + 0x1000L * page, 4096);
  }
}
