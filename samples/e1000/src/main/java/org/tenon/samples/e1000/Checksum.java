package org.tenon.samples.e1000;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The Internet checksum (RFC 1071), and big-endian fields of packets. */
final class Checksum {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private Checksum() {}

  /** The sum of 16-bit words, not folded and not complemented; an odd last byte is a high one. */
  static long sum(byte[] bytes, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at + 4 <= to; at += 4) {
      sum += (int) INT.get(bytes, at) & 0xffffffffL;
    }
    if (at + 2 <= to) {
      sum += get16(bytes, at);
      at += 2;
    }
    return at < to ? sum + ((bytes[at] & 0xff) << 8) : sum;
  }

  /** In 16 bits. */
  static int fold(long sum) {
    long folded = (sum & 0xffffffffL) + (sum >>> 32);
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) folded;
  }

  static int get16(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  static void put16(byte[] bytes, int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  static int get32(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static void put32(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }
}
