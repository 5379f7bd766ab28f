package org.tenon.kit.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Memory that a driver has for a while: each segment in a region of its own, between guard zones.
 * For one thread at a time, under the port's lock, except for what the driver does to the regions
 * themselves.
 */
abstract class LentSegments {
  private static final int GUARD = 128;
  private static final int ALIGNMENT = 4096;
  private static final byte GUARD_BYTE = (byte) 0xA5;
  private static final MemorySegment GUARDED = pattern(GUARD_BYTE);
  private static final MemorySegment POISONED = pattern(BlockHarness.POISON);

  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] regions;
  private final int[] lengths;
  private final long offset;
  private final byte[] before;

  /**
   * Lends memory.
   *
   * @param lengths of the segments
   * @param misalignment how far each segment lies past an aligned address
   * @param data what the segments hold at first, as far as it goes; {@link BlockHarness#UNTOUCHED}
   *     behind it
   */
  LentSegments(int[] lengths, int misalignment, byte[] data) {
    this.lengths = lengths;
    regions = new MemorySegment[lengths.length];
    offset = (long) ALIGNMENT + misalignment;
    for (int i = 0; i < lengths.length; i++) {
      regions[i] = arena.allocate(offset + lengths[i] + GUARD, ALIGNMENT);
      regions[i].fill(GUARD_BYTE);
    }
    before = new byte[Math.toIntExact(length())];
    Arrays.fill(before, BlockHarness.UNTOUCHED);
    System.arraycopy(data, 0, before, 0, Math.min(data.length, before.length));
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      MemorySegment.copy(before, at, regions[i], ValueLayout.JAVA_BYTE, offset, lengths[i]);
      at += lengths[i];
    }
  }

  /** What it was lent for. */
  abstract Passage<?> owner();

  int segments() {
    return regions.length;
  }

  MemorySegment region(int segment) {
    return regions[segment];
  }

  long offset() {
    return offset;
  }

  int length(int segment) {
    return lengths[segment];
  }

  final long length() {
    return Arrays.stream(lengths).asLongStream().sum();
  }

  /** What all segments held at first. */
  byte[] before() {
    return before;
  }

  /** What all segments hold, one after another. */
  byte[] contents() {
    byte[] all = new byte[before.length];
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      MemorySegment.copy(regions[i], ValueLayout.JAVA_BYTE, offset, all, at, lengths[i]);
      at += lengths[i];
    }
    return all;
  }

  /** What the driver wrote into a guard zone, in words; empty if it wrote nothing there. */
  String stray() {
    for (int i = 0; i < regions.length; i++) {
      long stray = firstStray(regions[i], lengths[i]);
      if (stray >= 0) {
        return "wrote %d bytes %s segment %d"
            .formatted(
                stray < offset ? offset - stray : stray - offset - lengths[i] + 1,
                stray < offset ? "before" : "past",
                i);
      }
    }
    return "";
  }

  /** Ends the driver's right to the memory by filling it. */
  void poison() {
    for (MemorySegment region : regions) {
      region.fill(BlockHarness.POISON);
    }
  }

  /** Whether anything has changed since {@link #poison}. */
  boolean isPoisonIntact() {
    return Arrays.stream(regions)
        .allMatch(region -> firstOther(region, 0, region.byteSize(), POISONED) < 0);
  }

  /**
   * Takes the memory back.
   *
   * @return false if some thread is inside it at this moment, so that it cannot be
   */
  boolean revoke() {
    try {
      if (arena.scope().isAlive()) {
        arena.close();
      }
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private long firstStray(MemorySegment region, int length) {
    long stray = firstOther(region, 0, offset, GUARDED);
    return stray >= 0 ? stray : firstOther(region, offset + length, region.byteSize(), GUARDED);
  }

  /**
   * Where in the range a byte differs from the pattern, which is the same byte throughout; −1 if
   * none does.
   */
  private static long firstOther(MemorySegment region, long from, long to, MemorySegment pattern) {
    for (long at = from; at < to; at += pattern.byteSize()) {
      long length = Math.min(pattern.byteSize(), to - at);
      long other = region.asSlice(at, length).mismatch(pattern.asSlice(0, length));
      if (other >= 0) {
        return at + other;
      }
    }
    return -1;
  }

  private static MemorySegment pattern(byte everywhere) {
    return Arena.ofAuto().allocate(ALIGNMENT).fill(everywhere);
  }
}
