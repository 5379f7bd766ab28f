package org.tenon.hv.nvme;

import static org.assertj.core.api.Assertions.assertThat;

import org.tenon.spi.block.BlockGeometry;

/**
 * A guest that turns a fuzzer's bytes into registers, doorbells and commands, most of them nearly
 * sound. Whatever it does nothing is thrown, every pass ends, and the driver is asked for nothing
 * that it would have to fault the host for.
 */
final class ControllerProgram {
  private static final int[] ADMIN = {0, 1, 2, 4, 5, 6, 8, 9, 0xa, 0xc};
  private static final int[] IO = {0, 1, 2, 8, 9};
  private static final int BLOCKS = 64;

  private final byte[] bytes;
  private final NvmeGuest guest = new NvmeGuest(new RamDisk(BlockGeometry.of(BLOCKS, 512).build()));
  private int at;

  private ControllerProgram(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Runs one; answers how many requests the driver carried out. */
  static int run(byte[] bytes) {
    ControllerProgram program = new ControllerProgram(bytes);
    try {
      return program.run();
    } finally {
      program.guest.close();
    }
  }

  private int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private int u32() {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  /** Mostly a small number, now and then any. */
  private int number(int limit) {
    return u8() < 240 ? u8() % limit : u32();
  }

  private int run() {
    if (u8() < 240) {
      guest.enable();
      guest.createQueue(1, 1);
    }
    while (at < bytes.length) {
      switch (u8() % 16) {
        case 0 -> guest.register(u8() * 4 % 0x40, u32());
        case 1 -> guest.register(0x1000 + 4 * (u8() % 6), number(20));
        case 2 -> guest.function.writeConfig(u8() & 0xfc, u32(), -1);
        case 3 -> guest.function.writeConfig(4, u8() & 7, 0xffff);
        case 4 -> Le.setInt(guest.ram, u8() * 4L, u32());
        case 5, 6, 7 -> command(0, ADMIN[u8() % ADMIN.length]);
        default -> command(1, IO[u8() % IO.length]);
      }
      guest.now += u8();
      guest.settle();
    }
    assertThat(guest.disk.faults()).isEmpty();
    return guest.disk.log.size();
  }

  private void command(int queue, int opcode) {
    if (!guest.hasQueue(queue)) {
      return;
    }
    int code = u8() < 250 ? opcode : u32() & 0xffff;
    int namespace = u8() < 250 ? 1 : u32();
    long first = u8() < 230 ? 0x1000L * (u8() % 64) : u32() * 4L;
    long second = u8() < 230 ? 0x1000L * (u8() % 64) : (long) u32() << 32 | u32();
    int word10 = number(BLOCKS);
    int word11 = queue == 1 ? 0 : number(8);
    guest.put(queue, code, namespace, first, second, word10, word11, number(8));
    guest.ringTail(queue);
    while (guest.takeAny(queue)) {
      guest.ringHead(queue);
    }
  }
}
