package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.MDIC;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The transceiver, an M88E1011 at address 1, behind MDIC (IEEE 802.3 clause 22; manual 8.4.2 and
 * 13.4.8). It has negotiated 1000 Mb/s in full duplex as soon as there is a cable. For the device
 * thread.
 */
final class Phy {
  private static final int ADDRESS = 1;
  private static final int REGISTERS = 32;

  private static final int CONTROL = 0;
  private static final int CONTROL_RESET = 1 << 15;
  private static final int CONTROL_LOOPBACK = 1 << 14;
  private static final int CONTROL_POWER_DOWN = 1 << 11;
  private static final int CONTROL_RESTART = 1 << 9;

  private static final int STATUS = 1;
  private static final int STATUS_LINK = 1 << 2;
  private static final int STATUS_NEGOTIATED = 1 << 5;

  private static final int ID_HIGH = 2;
  private static final int ID_LOW = 3;
  private static final int ADVERTISEMENT = 4;
  private static final int PARTNER = 5;
  private static final int EXPANSION = 6;
  private static final int NEXT_PAGE = 7;
  private static final int GIGABIT_CONTROL = 9;
  private static final int GIGABIT_STATUS = 10;
  private static final int EXTENDED_STATUS = 15;
  private static final int SPECIFIC_CONTROL = 16;
  private static final int SPECIFIC_STATUS = 17;
  private static final int INTERRUPT_ENABLE = 18;
  private static final int EXTENDED_CONTROL = 20;
  private static final int PAGE = 29;
  private static final int PAGED = 30;

  private static final int OPERATION_WRITE = 1;
  private static final int OPERATION_READ = 2;
  private static final int READY = 1 << 28;
  private static final int INTERRUPT = 1 << 29;
  private static final int ERROR = 1 << 30;

  private final int[] registers = new int[REGISTERS];
  private final RegisterFile file;
  private boolean cable;

  Phy(RegisterFile file) {
    this.file = file;
  }

  void reset() {
    Arrays.fill(registers, 0);
    registers[CONTROL] = 0x1140;
    registers[STATUS] = 0x7949;
    registers[ID_HIGH] = 0x0141;
    registers[ID_LOW] = 0x0c20;
    registers[ADVERTISEMENT] = 0x0de1;
    registers[PARTNER] = 0x41e1;
    registers[EXPANSION] = 0x0003;
    registers[GIGABIT_CONTROL] = 0x0e00;
    registers[GIGABIT_STATUS] = 0x3c00;
    registers[EXTENDED_STATUS] = 0x3000;
    registers[SPECIFIC_CONTROL] = 0x0060;
    registers[SPECIFIC_STATUS] = 0xa800;
    registers[EXTENDED_CONTROL] = 0x0d60;
  }

  /** Says whether there is somebody at the other end of the cable. */
  void setCable(boolean there) {
    cable = there;
  }

  /** Whether frames pass. */
  boolean hasLink() {
    return cable && (registers[CONTROL] & CONTROL_POWER_DOWN) == 0;
  }

  /** Whether what is sent comes back at once, and goes nowhere else. */
  boolean loopsBack() {
    return (registers[CONTROL] & CONTROL_LOOPBACK) != 0;
  }

  /**
   * The guest writes MDIC: a read or a write of a register, over at once.
   *
   * @return whether it asks for an interrupt when that is over
   */
  boolean access(int value) {
    int register = value >>> 16 & 0x1f;
    int operation = value >>> 26 & 3;
    int kept = value & ~(READY | ERROR);
    if ((value >>> 21 & 0x1f) != ADDRESS) {
      kept |= ERROR;
    } else if (operation == OPERATION_READ) {
      kept = kept & 0xffff0000 | read(register);
    } else if (operation == OPERATION_WRITE) {
      write(register, value & 0xffff);
    }
    file.set(MDIC, kept | READY);
    return (value & INTERRUPT) != 0;
  }

  private int read(int register) {
    return switch (register) {
      case STATUS -> registers[STATUS] | (hasLink() ? STATUS_LINK | STATUS_NEGOTIATED : 0);
      case SPECIFIC_STATUS -> registers[SPECIFIC_STATUS] | (hasLink() ? 0x0400 : 0);
      case PARTNER, GIGABIT_STATUS -> hasLink() ? registers[register] : 0;
      default -> registers[register];
    };
  }

  private void write(int register, int value) {
    switch (register) {
      case CONTROL -> {
        if ((value & CONTROL_RESET) != 0) {
          reset();
        } else {
          registers[CONTROL] = value & ~CONTROL_RESTART & 0xffc0;
        }
      }
      case ADVERTISEMENT,
          NEXT_PAGE,
          GIGABIT_CONTROL,
          SPECIFIC_CONTROL,
          INTERRUPT_ENABLE,
          EXTENDED_CONTROL,
          PAGE,
          PAGED ->
          registers[register] = value;
      default -> {}
    }
  }

  void save(DataOutputStream out) throws IOException {
    for (int register : registers) {
      out.writeShort(register);
    }
  }

  void restore(DataInputStream in) throws IOException {
    for (int i = 0; i < REGISTERS; i++) {
      registers[i] = in.readUnsignedShort();
    }
  }
}
