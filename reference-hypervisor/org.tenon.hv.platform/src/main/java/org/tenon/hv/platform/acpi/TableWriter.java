package org.tenon.hv.platform.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes little-endian structures, and ACPI tables with their header and checksum (5.2.6). */
final class TableWriter {
  static final String OEM = "TENON ";
  static final String OEM_TABLE = "TENON1.0";

  private static final int LENGTH_AT = 4;
  private static final int CHECKSUM_AT = 9;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TableWriter() {}

  /** A table with its header; {@link #table} completes length and checksum. */
  TableWriter(String signature, int revision) {
    ascii(signature).u32(0).u8(revision).u8(0).ascii(OEM).ascii(OEM_TABLE);
    u32(1).ascii("TNON").u32(1);
  }

  TableWriter u8(int value) {
    out.write(value);
    return this;
  }

  TableWriter u16(int value) {
    return u8(value).u8(value >>> 8);
  }

  TableWriter u32(long value) {
    return u16((int) value).u16((int) (value >>> 16));
  }

  TableWriter u64(long value) {
    return u32(value).u32(value >>> 32);
  }

  TableWriter ascii(String text) {
    return bytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  TableWriter bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  TableWriter zeros(int count) {
    return bytes(new byte[count]);
  }

  /** A generic address (5.2.3.2) in the port space, or an absent one for a port of 0. */
  TableWriter port(long port, int bits, int accessSize) {
    return port == 0 ? zeros(12) : u8(1).u8(bits).u8(0).u8(accessSize).u64(port);
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  /** The table with its length and checksum. */
  byte[] table() {
    byte[] table = out.toByteArray();
    for (int i = 0; i < 4; i++) {
      table[LENGTH_AT + i] = (byte) (table.length >>> (8 * i));
    }
    table[CHECKSUM_AT] = checksum(table, table.length);
    return table;
  }

  /** What makes the first {@code length} bytes sum up to 0. */
  static byte checksum(byte[] bytes, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += bytes[i];
    }
    return (byte) -sum;
  }
}
