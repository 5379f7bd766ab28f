package org.tenon.hv.engine.sim.oracle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.decode.Definition;

/** x87 and SSE state between an FXSAVE image and the simulator. */
final class FxImage {
  private FxImage() {}

  static void load(Cpu c, byte[] image) {
    ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    c.fpu.setControlWord(b.getShort(0) & 0xffff);
    c.fpu.setStatusWord(b.getShort(2) & 0xffff);
    c.fpu.valid = b.get(4) & 0xff;
    c.mxcsr = b.getInt(24);
    for (int k = 0; k < 8; k++) {
      int p = c.fpu.physical(k);
      c.fpu.significand[p] = b.getLong(32 + 16 * k);
      c.fpu.signExponent[p] = b.getShort(40 + 16 * k) & 0xffff;
    }
    for (int k = 0; k < 32; k++) {
      c.xmm[k] = b.getLong(160 + 8 * k);
    }
  }

  static void compare(Cpu c, byte[] before, MemorySegment host, Definition row, StringBuilder out) {
    ByteBuffer old = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
    if (row.has("x87") || row.has("mmx")) {
      compareX87(c, old, host, row, out);
    }
    if (host.get(ValueLayout.JAVA_INT, 24) != c.mxcsr) {
      out.append(
          "mxcsr host %x sim %x was %x; "
              .formatted(host.get(ValueLayout.JAVA_INT, 24), c.mxcsr, old.getInt(24)));
    }
    for (int k = 0; k < 32; k++) {
      long expected = host.get(ValueLayout.JAVA_LONG, 160 + 8L * k);
      if (expected != c.xmm[k]) {
        out.append(
            "xmm%d.%d host %x sim %x was %x; "
                .formatted(k / 2, k & 1, expected, c.xmm[k], old.getLong(160 + 8 * k)));
      }
    }
  }

  private static void compareX87(
      Cpu c, ByteBuffer old, MemorySegment host, Definition row, StringBuilder out) {
    int status = host.get(ValueLayout.JAVA_SHORT, 2) & 0xffff;
    // C0, C2 and C3 are undefined after most instructions, C1 too where nothing was rounded.
    boolean compares = row.name().contains("COM") || row.name().matches("FTST|FXAM|FPREM1?");
    int mask = row.has("mmx") ? 0x38ff : compares ? 0x7dff : 0x38ff;
    if ((status & mask) != (c.fpu.statusWord() & mask)) {
      out.append(
          "fsw host %x sim %x was %x cw %x; "
              .formatted(status, c.fpu.statusWord(), old.getShort(2), old.getShort(0)));
    }
    int valid = host.get(ValueLayout.JAVA_BYTE, 4) & 0xff;
    if (valid != c.fpu.valid) {
      out.append("tags host %x sim %x; ".formatted(valid, c.fpu.valid));
    }
    for (int k = 0; k < 8; k++) {
      int p = c.fpu.physical(k);
      long expected = host.get(ValueLayout.JAVA_LONG, 32 + 16L * k);
      int expectedSe = host.get(ValueLayout.JAVA_SHORT, 40 + 16L * k) & 0xffff;
      if (expected != c.fpu.significand[p] || expectedSe != c.fpu.signExponent[p]) {
        out.append(
            "st%d host %x.%x sim %x.%x was %x.%x cw %x; "
                .formatted(
                    k,
                    expectedSe,
                    expected,
                    c.fpu.signExponent[p],
                    c.fpu.significand[p],
                    old.getShort(40 + 16 * k),
                    old.getLong(32 + 16 * k),
                    old.getShort(0)));
      }
    }
  }
}
