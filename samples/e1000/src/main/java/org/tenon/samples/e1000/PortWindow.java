package org.tenon.samples.e1000;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The ports of BAR 2: IOADDR names a register, IODATA is that register (13.3). For the device
 * thread.
 */
final class PortWindow {
  static final int BYTES = 64;

  private static final int IOADDR = 0;
  private static final int IODATA = 4;

  private final Controller controller;
  private int register;

  PortWindow(Controller controller) {
    this.controller = controller;
  }

  private boolean isRegister() {
    return register >= 0 && register < E1000Driver.MEMORY_BYTES && register % 4 == 0;
  }

  long read(int offset) {
    return switch (offset) {
      case IOADDR -> Integer.toUnsignedLong(register);
      case IODATA -> isRegister() ? controller.read(register) : 0;
      default -> 0;
    };
  }

  void write(int offset, int value) {
    if (offset == IOADDR) {
      register = value;
    } else if (offset == IODATA && isRegister()) {
      controller.write(register, value);
    }
  }

  void reset() {
    register = 0;
  }

  void save(DataOutputStream out) throws IOException {
    out.writeInt(register);
  }

  void restore(DataInputStream in) throws IOException {
    register = in.readInt();
  }
}
