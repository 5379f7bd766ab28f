package org.tenon.hv.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import org.tenon.hv.bus.Window;

/**
 * A guest that turns a fuzzer's bytes into accesses of configuration space and BARs. Whatever it
 * does nothing is thrown, and every pass ends.
 */
final class FunctionProgram {
  private static final int[] COMMON = {
    0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x16, 0x18, 0x1a, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34,
    0x38, 0x3a
  };
  private static final int[] WIDTHS = {4, 4, 4, 4, 2, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 2, 2};
  private static final int[] STATUSES = {0, 1, 3, 0xb, 0xf, 0x80, 0xff};

  private final byte[] bytes;
  private final PciRig rig = new PciRig();
  private int at;

  private FunctionProgram(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Runs one; answers how often the device was made to run. */
  static int run(byte[] bytes) {
    FunctionProgram program = new FunctionProgram(bytes);
    try {
      return program.run();
    } finally {
      program.rig.close();
    }
  }

  private int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private int u32() {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  private int run() {
    int running = 0;
    rig.config(4, 2, 6);
    while (at < bytes.length) {
      switch (u8() % 8) {
        case 0 -> rig.config(u8() & 0xfc, 4, u32());
        case 1 -> rig.config(4, 2, u8() & 7);
        case 2 -> access();
        case 3 -> rig.common(0x14, 1, STATUSES[u8() % STATUSES.length]);
        default -> {
          int field = u8() % COMMON.length;
          rig.common(COMMON[field], WIDTHS[field], u8() < 200 ? u8() : u32());
        }
      }
      rig.settle();
      running += (rig.common(0x14, 1) & 4) != 0 ? 1 : 0;
    }
    assertThat(rig.disk.faults()).isEmpty();
    return running;
  }

  /** Any access at all near a window. */
  private void access() {
    if (rig.mmio.windows().isEmpty()) {
      return;
    }
    Window window = rig.mmio.windows().get(u8() % rig.mmio.windows().size());
    long address = window.base() + (u32() & 0x7fffffffL) % (window.length() + 8);
    int size = 1 << u8() % 4;
    if (u8() < 128) {
      rig.mmio.write(address, size, u32());
    } else {
      var _ = rig.mmio.read(address, size);
    }
  }
}
