package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.EECD;
import static org.tenon.samples.e1000.Registers.EERD;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The 64 words of non-volatile memory (5.6), read a word at a time through EERD, or bit by bit over
 * the four Microwire lines that EECD shows (5.3). It is protected: what a guest writes into it is
 * ignored. For the device thread.
 */
final class Eeprom {
  private static final int WORDS = 64;
  private static final int ADDRESS_BITS = 6;
  private static final int SUM = 0xbaba;

  private static final int SK = 1;
  private static final int CS = 1 << 1;
  private static final int DI = 1 << 2;
  private static final int DO = 1 << 3;
  private static final int FLASH_WRITES = 3 << 4;
  private static final int REQUEST = 1 << 6;
  private static final int GRANT = 1 << 7;
  private static final int PRESENT = 1 << 8;

  private static final int START = 1;
  private static final int DONE = 1 << 4;

  /** Start bit, opcode and address. */
  private static final int COMMAND_BITS = 3 + ADDRESS_BITS;

  private static final int OPCODE_READ = 6;

  private final int[] words = new int[WORDS];
  private final RegisterFile file;

  /** The bits that came since the chip was selected, from the start bit on. */
  private int command;

  private int commandBits;

  /** What is still to be shifted out; bit 16 is on the line. */
  private int output;

  Eeprom(MacAddress address, RegisterFile file) {
    this.file = file;
    for (int i = 0; i < 3; i++) {
      words[i] = address.octet(2 * i) | address.octet(2 * i + 1) << 8;
    }
    words[0x0a] = 0x4408;
    words[0x0b] = E1000Driver.DEVICE;
    words[0x0c] = E1000Driver.VENDOR;
    words[0x0d] = E1000Driver.DEVICE;
    words[0x0e] = E1000Driver.VENDOR;
    words[0x0f] = 0x3040;
    int sum = 0;
    for (int i = 0; i < WORDS - 1; i++) {
      sum += words[i];
    }
    words[WORDS - 1] = SUM - sum & 0xffff;
  }

  int word(int index) {
    return words[index & WORDS - 1];
  }

  void reset() {
    command = 0;
    commandBits = 0;
    output = 0;
  }

  /** EERD: a read is over at once. */
  void writeRead(int value) {
    int address = value >>> 8 & 0xff;
    file.set(
        EERD, (value & START) == 0 ? value & 0xff00 : address << 8 | DONE | word(address) << 16);
  }

  int readControl() {
    int lines = file.get(EECD);
    return lines
        | PRESENT
        | ((lines & REQUEST) != 0 ? GRANT : 0)
        | ((output & 1 << 16) != 0 ? DO : 0);
  }

  void writeControl(int value) {
    int before = file.get(EECD);
    file.set(EECD, value & (SK | CS | DI | FLASH_WRITES | REQUEST));
    if ((value & CS) == 0) {
      reset();
    } else if ((value & SK) != 0 && (before & SK) == 0) {
      clock((value & DI) != 0 ? 1 : 0);
    }
  }

  private void clock(int in) {
    if (commandBits == COMMAND_BITS) {
      output <<= 1;
    } else if (commandBits > 0 || in == 1) {
      command = command << 1 | in;
      commandBits++;
      if (commandBits == COMMAND_BITS && command >> ADDRESS_BITS == OPCODE_READ) {
        // Bit 16 is the zero that comes before the word.
        output = word(command);
      }
    }
  }

  void save(DataOutputStream out) throws IOException {
    out.writeInt(command);
    out.writeInt(commandBits);
    out.writeInt(output);
  }

  void restore(DataInputStream in) throws IOException {
    command = in.readInt();
    commandBits = in.readInt();
    output = in.readInt();
  }
}
