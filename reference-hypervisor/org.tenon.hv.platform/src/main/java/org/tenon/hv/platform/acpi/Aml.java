package org.tenon.hv.platform.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The ACPI machine language (chapter 20) as far as the tables need it: each method returns one
 * encoded term.
 */
final class Aml {
  private static final int NAME = 0x08;
  private static final int SCOPE = 0x10;
  private static final int BUFFER = 0x11;
  private static final int PACKAGE = 0x12;
  private static final int STRING = 0x0d;
  private static final int EXTENDED = 0x5b;
  private static final int DEVICE = 0x82;
  private static final int METHOD = 0x14;
  private static final int SERIALIZED = 1 << 3;
  private static final int LOCAL_0 = 0x60;
  private static final int ARG_0 = 0x68;
  private static final int AND = 0x7b;
  private static final int OR = 0x7d;
  private static final int CREATE_DWORD_FIELD = 0x8a;
  private static final int NOT = 0x92;
  private static final int EQUAL = 0x93;
  private static final int IF = 0xa0;
  private static final int ELSE = 0xa1;
  private static final int RETURN = 0xa4;
  private static final int STORE = 0x70;

  private Aml() {}

  /** {@code Scope (path) { … }}. */
  static byte[] scope(String path, byte[]... terms) {
    return join(new byte[] {SCOPE}, sized(join(path(path), join(terms))));
  }

  /** {@code Device (name) { … }}. */
  static byte[] device(String name, byte[]... terms) {
    return join(new byte[] {EXTENDED, (byte) DEVICE}, sized(join(path(name), join(terms))));
  }

  /** {@code Name (name, value)}. */
  static byte[] name(String name, byte[] value) {
    return join(new byte[] {NAME}, path(name), value);
  }

  /** {@code Package () { … }}. */
  static byte[] packageOf(byte[]... elements) {
    return join(
        new byte[] {PACKAGE}, sized(join(new byte[] {(byte) elements.length}, join(elements))));
  }

  /** {@code Buffer () { … }}. */
  static byte[] buffer(byte[] content) {
    return join(new byte[] {BUFFER}, sized(join(integer(content.length), content)));
  }

  /** {@code Method (name, arguments, Serialized) { … }}. */
  static byte[] method(String name, int arguments, byte[]... terms) {
    byte[] flags = {(byte) (arguments | SERIALIZED)};
    return join(new byte[] {METHOD}, sized(join(path(name), flags, join(terms))));
  }

  /** {@code If (condition) { … }}. */
  static byte[] when(byte[] condition, byte[]... terms) {
    return join(new byte[] {(byte) IF}, sized(join(condition, join(terms))));
  }

  /** {@code Else { … }}. */
  static byte[] otherwise(byte[]... terms) {
    return join(new byte[] {(byte) ELSE}, sized(join(terms)));
  }

  /** {@code LEqual (a, b)}. */
  static byte[] equal(byte[] a, byte[] b) {
    return join(new byte[] {(byte) EQUAL}, a, b);
  }

  /** {@code LNotEqual (a, b)}. */
  static byte[] different(byte[] a, byte[] b) {
    return join(new byte[] {(byte) NOT}, equal(a, b));
  }

  /** {@code And (a, b, target)}. */
  static byte[] and(byte[] a, byte[] b, byte[] target) {
    return join(new byte[] {AND}, a, b, target);
  }

  /** {@code Or (a, b, target)}. */
  static byte[] or(byte[] a, byte[] b, byte[] target) {
    return join(new byte[] {OR}, a, b, target);
  }

  /** {@code Store (value, target)}. */
  static byte[] store(byte[] value, byte[] target) {
    return join(new byte[] {STORE}, value, target);
  }

  /** {@code Return (value)}. */
  static byte[] giveBack(byte[] value) {
    return join(new byte[] {(byte) RETURN}, value);
  }

  /** {@code CreateDWordField (buffer, offset, name)}. */
  static byte[] createDwordField(byte[] buffer, int offset, String name) {
    return join(new byte[] {(byte) CREATE_DWORD_FIELD}, buffer, integer(offset), path(name));
  }

  /** A name that refers to something. */
  static byte[] reference(String name) {
    return path(name);
  }

  /** {@code ArgN}. */
  static byte[] argument(int index) {
    return new byte[] {(byte) (ARG_0 + index)};
  }

  /** {@code LocalN}. */
  static byte[] local(int index) {
    return new byte[] {(byte) (LOCAL_0 + index)};
  }

  /** {@code ToUUID ("…")}: the first three groups little-endian (19.6.142). */
  static byte[] uuid(String text) {
    UUID uuid = UUID.fromString(text);
    long high = uuid.getMostSignificantBits();
    long low = Long.reverseBytes(uuid.getLeastSignificantBits());
    return buffer(
        new TableWriter()
            .u32(high >>> 32)
            .u16((int) (high >>> 16 & 0xffff))
            .u16((int) (high & 0xffff))
            .u64(low)
            .toBytes());
  }

  /** An integer in its shortest form. */
  static byte[] integer(long value) {
    TableWriter out = new TableWriter();
    if (value == 0 || value == 1) {
      out.u8((int) value);
    } else if (value >>> 8 == 0) {
      out.u8(0x0a).u8((int) value);
    } else if (value >>> 16 == 0) {
      out.u8(0x0b).u16((int) value);
    } else if (value >>> 32 == 0) {
      out.u8(0x0c).u32(value);
    } else {
      out.u8(0x0e).u64(value);
    }
    return out.toBytes();
  }

  /** A string. */
  static byte[] string(String text) {
    return new TableWriter().u8(STRING).ascii(text).u8(0).toBytes();
  }

  /**
   * {@code EisaId ("PNP0A08")}: three letters of five bits, four hexadecimal digits, big-endian.
   */
  static byte[] eisaId(String id) {
    int value =
        (id.charAt(0) - '@') << 26
            | (id.charAt(1) - '@') << 21
            | (id.charAt(2) - '@') << 16
            | Integer.parseInt(id.substring(3), 16);
    return new TableWriter()
        .u8(0x0c)
        .u32(Integer.toUnsignedLong(Integer.reverseBytes(value)))
        .toBytes();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /**
   * One segment of up to four characters, relative to the scope around it; tables begin at the
   * root.
   */
  private static byte[] path(String segment) {
    if (segment.length() > 4) {
      throw new IllegalArgumentException("an AML name has four characters: " + segment);
    }
    return (segment + "_".repeat(4 - segment.length())).getBytes(StandardCharsets.US_ASCII);
  }

  /** Puts the package length in front, which counts itself (20.2.4). */
  private static byte[] sized(byte[] content) {
    int length = content.length;
    TableWriter out = new TableWriter();
    if (length + 1 < 1 << 6) {
      out.u8(length + 1);
    } else if (length + 2 < 1 << 12) {
      out.u8(1 << 6 | ((length + 2) & 0xf)).u8((length + 2) >>> 4);
    } else if (length + 3 < 1 << 20) {
      out.u8(2 << 6 | ((length + 3) & 0xf)).u16((length + 3) >>> 4);
    } else {
      throw new IllegalArgumentException("an AML package of " + length + " bytes");
    }
    return out.bytes(content).toBytes();
  }
}
