package org.tenon.hv.machine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A 32-bit program without an operating system, as a Multiboot kernel at 2 MiB: code that a test
 * assembles from the few instructions it needs, an interrupt descriptor table, a stack below 3 MiB.
 */
final class BareProgram {
  private static final int LOAD = 0x200000;
  private static final int CODE = LOAD + 0x1000;
  private static final int STACK = 0x300000;
  private static final int IDT = LOAD + 0x40;
  private static final int IDT_POINTER = LOAD + 0x30;
  private static final int FLAGS = 1 << 16;
  private static final int MAGIC = 0x1badb002;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final ByteBuffer idt = ByteBuffer.allocate(256 * 8).order(ByteOrder.LITTLE_ENDIAN);

  BareProgram() {
    bytes(0xbc).u32(STACK);
    bytes(0x0f, 0x01, 0x1d).u32(IDT_POINTER);
  }

  BareProgram bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
    return this;
  }

  private BareProgram u32(int value) {
    return bytes(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** OUT to a port, a byte. */
  BareProgram out8(int port, int value) {
    return bytes(0x66, 0xba, port, port >>> 8, 0xb0, value, 0xee);
  }

  /** OUT to a port, 16 bits. */
  BareProgram out16(int port, int value) {
    return bytes(0x66, 0xba, port, port >>> 8, 0x66, 0xb8, value, value >>> 8, 0x66, 0xef);
  }

  BareProgram print(String text) {
    text.chars().forEach(letter -> out8(0x3f8, letter));
    return this;
  }

  BareProgram powerOff() {
    return out16(0x604, 1 << 13 | 5 << 10).halt();
  }

  BareProgram halt() {
    return bytes(0xf4);
  }

  /** HLT as often as {@code count} says, with interrupts on. */
  BareProgram sleep(int count) {
    bytes(0xb9).u32(count);
    return bytes(0xfb, 0xf4, 0xfa, 0x49, 0x75, 0xfa);
  }

  /**
   * A handler for a vector, which saves EAX and EDX and returns with IRET; stands in the code path,
   * so it is jumped over.
   */
  BareProgram handler(int vector, Consumer<BareProgram> body) {
    BareProgram inner = new BareProgram();
    inner.code.reset();
    inner.bytes(0x50, 0x52);
    body.accept(inner);
    inner.bytes(0x5a, 0x58, 0xcf);
    bytes(0xe9).u32(inner.code.size());
    int address = CODE + code.size();
    idt.putShort(8 * vector, (short) address).putShort(8 * vector + 2, (short) 0x10);
    idt.putShort(8 * vector + 4, (short) 0x8e00).putShort(8 * vector + 6, (short) (address >>> 16));
    code.writeBytes(inner.code.toByteArray());
    return this;
  }

  /** The kernel file. */
  ByteBuffer kernel() {
    ByteBuffer file = ByteBuffer.allocate(0x1000 + code.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(MAGIC).putInt(FLAGS).putInt(-(MAGIC + FLAGS));
    file.putInt(LOAD).putInt(LOAD).putInt(0).putInt(0).putInt(CODE);
    file.putShort(IDT_POINTER - LOAD, (short) (256 * 8 - 1)).putInt(IDT_POINTER - LOAD + 2, IDT);
    file.put(IDT - LOAD, idt.array());
    file.put(0x1000, code.toByteArray());
    return file.rewind();
  }
}
