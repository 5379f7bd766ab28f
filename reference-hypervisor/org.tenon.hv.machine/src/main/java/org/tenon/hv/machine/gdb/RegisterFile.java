package org.tenon.hv.machine.gdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuState;

/**
 * A vCPU's registers in GDB's order for x86-64 (its feature org.gnu.gdb.i386.core), up to the
 * segment selectors.
 */
final class RegisterFile {
  /** Instruction encodings' numbers of the general registers, in GDB's order. */
  private static final int[] GENERAL = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

  private static final int RIP = 16;
  private static final int FLAGS = 17;
  private static final int COUNT = 24;
  private static final int SIZE = 17 * 8 + 7 * 4;

  private RegisterFile() {}

  /** All of them, in hexadecimal, as the g packet wants them. */
  static String read(VcpuState state) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = 0; number < COUNT; number++) {
      if (number <= RIP) {
        bytes.putLong(get(state, number));
      } else {
        bytes.putInt((int) get(state, number));
      }
    }
    return HexFormat.of().formatHex(bytes.array());
  }

  /** One of them, or nothing where GDB asks for what is not here. */
  static String read(VcpuState state, int number) {
    if (number < 0 || number >= COUNT) {
      return "";
    }
    int size = number <= RIP ? 8 : 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, get(state, number));
    return HexFormat.of().formatHex(bytes.array(), 0, size);
  }

  private static long get(VcpuState state, int number) {
    Registers registers = state.registers();
    SystemRegisters system = state.system();
    if (number < RIP) {
      return registers.toArray()[GENERAL[number]];
    }
    return switch (number) {
      case RIP -> registers.rip();
      case FLAGS -> registers.rflags();
      case 18 -> system.cs().selector();
      case 19 -> system.ss().selector();
      case 20 -> system.ds().selector();
      case 21 -> system.es().selector();
      case 22 -> system.fs().selector();
      default -> system.gs().selector();
    };
  }

  /** The state with one register changed; selectors stay as they are. */
  static VcpuState write(VcpuState state, int number, long value) {
    Registers registers = state.registers();
    if (number < 0 || number > FLAGS) {
      return state;
    }
    return state.with(
        switch (number) {
          case RIP -> registers.withRip(value);
          case FLAGS -> registers.withRflags(value);
          default -> registers.with(GENERAL[number], value);
        });
  }

  /** The state with the registers of a G packet. */
  static VcpuState write(VcpuState state, byte[] content) {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    VcpuState changed = state;
    for (int number = 0; number <= RIP && bytes.remaining() >= 8; number++) {
      changed = write(changed, number, bytes.getLong());
    }
    return bytes.remaining() >= 4
        ? write(changed, FLAGS, Integer.toUnsignedLong(bytes.getInt()))
        : changed;
  }
}
