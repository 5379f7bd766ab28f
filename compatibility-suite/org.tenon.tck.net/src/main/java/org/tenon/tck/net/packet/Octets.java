package org.tenon.tck.net.packet;

/** Numbers in network order inside byte arrays. */
final class Octets {
  private Octets() {}

  static int get8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int get16(byte[] bytes, int at) {
    return get8(bytes, at) << 8 | get8(bytes, at + 1);
  }

  static int get32(byte[] bytes, int at) {
    return get16(bytes, at) << 16 | get16(bytes, at + 2);
  }

  static void put16(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >>> 8);
    bytes[at + 1] = (byte) value;
  }

  static void put32(byte[] bytes, int at, int value) {
    put16(bytes, at, value >>> 16);
    put16(bytes, at + 2, value);
  }
}
