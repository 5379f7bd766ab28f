package org.tenon.hv.virtio.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;

/**
 * A fuzzer's bytes, read as the numbers a program of guest actions needs; zeroes once they are used
 * up.
 */
final class Program {
  private final byte[] bytes;
  private int at;

  Program(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Runs seeded programs of up to {@code longest} bytes; answers the sum of what they answered. */
  static long seeded(int programs, int longest, ToLongFunction<byte[]> run) {
    return inputs(programs, longest).stream().mapToLong(run).sum();
  }

  /** Seeded programs of up to {@code longest} bytes. */
  static List<byte[]> inputs(int programs, int longest) {
    Random random = new Random(20261122);
    List<byte[]> inputs = new ArrayList<>();
    for (int i = 0; i < programs; i++) {
      byte[] input = new byte[random.nextInt(longest)];
      random.nextBytes(input);
      inputs.add(input);
    }
    return inputs;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  int u16() {
    return u8() | u8() << 8;
  }

  long u32() {
    return u16() | (long) u16() << 16;
  }

  long u64() {
    return u32() | u32() << 32;
  }

  boolean flag() {
    return (u8() & 1) != 0;
  }

  /** Mostly a number that makes sense, below {@code limit}; now and then any. */
  long mostlyBelow(int limit) {
    int kind = u8();
    return kind < 240 ? Math.floorMod(u16(), Math.max(1, limit)) : u64();
  }
}
