package org.tenon.hv.machine;

import java.nio.ByteBuffer;
import java.util.Random;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/**
 * A fuzzer's input as a kernel that abuses the whole machine: ports, MMIO, MSRs, control registers,
 * page tables, interrupts, and bytes as they come. A handler steps over what faults.
 */
final class GuestProgram {
  private static final int MOST_ACTIONS = 200;
  private static final long MACHINE_NANOS = 300_000;
  private static final int[] PORTS = {
    0x20, 0x21, 0xa0, 0xa1, 0x40, 0x43, 0x60, 0x64, 0x61, 0x70, 0x71, 0x80, 0x92, 0xb2, 0x3f8,
    0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x4d0, 0x4d1, 0x600, 0x608, 0xcf8, 0xcfc, 0xcfe
  };
  private static final int[] PAGES = {
    0xfee00000,
    0xfec00000,
    0xfed00000,
    0xe0000000,
    0xe0008000,
    0xf0000000,
    0xa0000,
    0xf0000,
    0x200000
  };
  private static final int[] MSRS = {
    0x10,
    0x1b,
    0x8b,
    0xfe,
    0x174,
    0x175,
    0x176,
    0x200,
    0x250,
    0x277,
    0x2ff,
    0x6e0,
    0x800,
    0x80b,
    0x80f,
    0x830,
    0x838,
    0x83f,
    0xc0000080,
    0xc0000081,
    0xc0000082,
    0xc0000084,
    0xc0000100,
    0xc0000103,
    0xc0010015,
    0xc0010004,
    0x40000000
  };

  private final byte[] input;
  private final BareProgram program = new BareProgram();
  private int at;

  private GuestProgram(byte[] input) {
    this.input = input;
  }

  /** Builds and runs; what comes of it is the guest's affair. */
  static Outcome run(byte[] input) throws BootException {
    GuestProgram guest = new GuestProgram(input);
    guest.assemble();
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            2,
            32 << 20,
            ClockMode.VIRTUAL,
            guest.program.kernel(),
            ByteBuffer.allocate(0),
            "",
            value -> {},
            Trace.OFF);
    try (Machine machine = new Machine(config)) {
      machine.stopAt(MACHINE_NANOS);
      return machine.run();
    }
  }

  /** A random input of about as many actions as given. */
  static byte[] random(Random random) {
    byte[] input = new byte[40 + random.nextInt(800)];
    random.nextBytes(input);
    return input;
  }

  private int next() {
    return at < input.length ? input[at++] & 0xff : 0;
  }

  private int word() {
    return next() | next() << 8 | next() << 16 | next() << 24;
  }

  private int pick(int[] from) {
    int choice = next();
    return choice < 200 ? from[choice % from.length] : word();
  }

  private void assemble() {
    for (int vector = 0; vector < 32; vector++) {
      boolean hasCode = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
      program.handler(vector, hasCode ? GuestProgram::skipWithCode : GuestProgram::skip);
    }
    for (int k = 0; k < MOST_ACTIONS && at < input.length; k++) {
      action(next());
    }
    program.bytes(0xeb, 0xfe);
  }

  /** Steps over a byte of what faulted; the two registers saved lie below the frame. */
  private static void skip(BareProgram handler) {
    handler.bytes(0xff, 0x44, 0x24, 0x08);
  }

  private static void skipWithCode(BareProgram handler) {
    handler.bytes(0x5a, 0x58, 0x83, 0xc4, 0x04, 0xff, 0x04, 0x24, 0xcf);
  }

  private void action(int kind) {
    switch (kind % 12) {
      case 0, 1 -> register(2, pick(PORTS)).register(0, word()).portAccess(next());
      case 2 -> register(7, pick(PAGES) | next() << 2).register(0, word()).memoryAccess(next());
      case 3 -> register(6, pick(PAGES) | next() << 4).register(7, 0x280000).memoryAccess(next());
      case 4 -> register(1, pick(MSRS)).register(0, word()).register(2, word()).emit(0x0f, 0x30);
      case 5 -> register(1, pick(MSRS)).emit(0x0f, 0x32);
      case 6 ->
          register(7, 0x280000 | (next() & 7) << 12 | next() << 2)
              .register(0, word())
              .emit(0x89, 0x07);
      case 7 -> controlRegister(next());
      case 8 -> string(next());
      case 9 -> emit(0xfb, 0x90, next() < 64 ? 0xf4 : 0x90);
      case 10 -> {
        for (int k = next() % 16; k >= 0; k--) {
          emit(next());
        }
      }
      default -> register(7, 0xfee00300).register(0, word() & 0x3cffff).emit(0x89, 0x07);
    }
  }

  /** MOV of an immediate. */
  private GuestProgram register(int number, int value) {
    return emit(0xb8 + number, value, value >>> 8, value >>> 16, value >>> 24);
  }

  private GuestProgram emit(int... bytes) {
    program.bytes(bytes);
    return this;
  }

  private void portAccess(int how) {
    switch (how % 6) {
      case 0 -> emit(0xee);
      case 1 -> emit(0x66, 0xef);
      case 2 -> emit(0xef);
      case 3 -> emit(0xec);
      case 4 -> emit(0x66, 0xed);
      default -> emit(0xed);
    }
  }

  private void memoryAccess(int how) {
    switch (how % 7) {
      case 0 -> emit(0x88, 0x07);
      case 1 -> emit(0x66, 0x89, 0x07);
      case 2 -> emit(0x89, 0x07);
      case 3 -> emit(0x8b, 0x07);
      case 4 -> emit(0xf0, 0x01, 0x07);
      case 5 -> emit(0x0f, 0xc7, 0x0f);
      default -> emit(0xa5);
    }
  }

  /** CR0, CR3 with tables that the guest wrote, CR4, and with them paging of every kind. */
  private void controlRegister(int which) {
    switch (which % 4) {
      case 0 -> register(0, 0x11 | (word() & 0xe005002e)).emit(0x0f, 0x22, 0xc0);
      case 1 -> register(0, 0x280000 | (next() & 7) << 12).emit(0x0f, 0x22, 0xd8);
      case 2 -> register(0, word() & 0x3507ff).emit(0x0f, 0x22, 0xe0);
      default -> register(0, 0x80000011).emit(0x0f, 0x22, 0xc0);
    }
  }

  private void string(int how) {
    register(1, word() & 0xffff);
    register(2, pick(PORTS));
    register(6, pick(PAGES));
    register(7, pick(PAGES));
    emit(next() < 64 ? 0xfd : 0xfc, 0xf3);
    switch (how % 5) {
      case 0 -> emit(0x6c);
      case 1 -> emit(0x6e);
      case 2 -> emit(0xa5);
      case 3 -> emit(0xab);
      default -> emit(0xa6);
    }
    emit(0xfc);
  }
}
