package org.tenon.tck.hypervisor.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Bytes that are going to lie at one address of the guest's memory, with labels that may be used
 * before they are bound. Single thread.
 */
final class MachineCode {
  /** A place in the image or behind it; its address is known once it is bound. */
  static final class Label {
    private final String name;
    private long address = -1;

    private Label(String name) {
      this.name = name;
    }

    void bind(long place) {
      address = place;
    }

    long address() {
      if (address < 0) {
        throw new IllegalStateException("label " + name + " was never bound");
      }
      return address;
    }
  }

  private record Fixup(int offset, Label label, boolean relative) {}

  private final long base;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Fixup> fixups = new ArrayList<>();

  /** Code at an address below 2 GiB, so that 32 bits name any place in it. */
  MachineCode(long base) {
    this.base = base;
  }

  static Label label(String name) {
    return new Label(name);
  }

  long address() {
    return base + bytes.size();
  }

  MachineCode bind(Label label) {
    label.bind(address());
    return this;
  }

  /** Bytes in hexadecimal; blanks may separate them. */
  MachineCode emit(String hex) {
    bytes.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
    return this;
  }

  MachineCode emit(byte[] data) {
    bytes.writeBytes(data);
    return this;
  }

  MachineCode int16(int value) {
    bytes.write(value);
    bytes.write(value >>> 8);
    return this;
  }

  MachineCode int32(int value) {
    return int16(value).int16(value >>> 16);
  }

  MachineCode int64(long value) {
    return int32((int) value).int32((int) (value >>> 32));
  }

  /** A label's distance from the byte behind these four, as calls and jumps have it. */
  MachineCode relative(Label target) {
    fixups.add(new Fixup(bytes.size(), target, true));
    return int32(0);
  }

  /** A label's address in four bytes. */
  MachineCode absolute(Label target) {
    fixups.add(new Fixup(bytes.size(), target, false));
    return int32(0);
  }

  /** Zeros up to a multiple of a power of two. */
  MachineCode align(int unit) {
    while ((address() & (unit - 1)) != 0) {
      bytes.write(0);
    }
    return this;
  }

  /** The bytes with every label filled in. */
  byte[] link() {
    ByteBuffer linked = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    for (Fixup fixup : fixups) {
      long target = fixup.label().address();
      long value = fixup.relative() ? target - (base + fixup.offset() + 4) : target;
      linked.putInt(fixup.offset(), Math.toIntExact(value));
    }
    return linked.array();
  }
}
