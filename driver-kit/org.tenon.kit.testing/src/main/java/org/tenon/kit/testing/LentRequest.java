package org.tenon.kit.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.tenon.spi.block.BlockOperation;

/**
 * The memory of one request: each segment in a region of its own, between guard zones. For one
 * thread at a time, under the queue's lock, except for what the driver does to the regions
 * themselves.
 */
final class LentRequest {
  private static final int GUARD = 128;
  private static final int ALIGNMENT = 4096;
  private static final byte GUARD_BYTE = (byte) 0xA5;
  private static final MemorySegment GUARDED = pattern(GUARD_BYTE);
  private static final MemorySegment POISONED = pattern(BlockHarness.POISON);

  private final Submission submission;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] regions;
  private final int[] lengths;
  private final long offset;
  private final byte[] before;

  LentRequest(Submission submission, int logicalBlockSize) {
    this.submission = submission;
    BlockRequest request = submission.request();
    lengths = request.segmentLengths(logicalBlockSize);
    regions = new MemorySegment[lengths.length];
    offset = (long) ALIGNMENT + request.misalignment();
    for (int i = 0; i < lengths.length; i++) {
      regions[i] = arena.allocate(offset + lengths[i] + GUARD, ALIGNMENT);
      regions[i].fill(GUARD_BYTE);
    }
    before = new byte[Math.toIntExact(length())];
    Arrays.fill(before, BlockHarness.UNTOUCHED);
    byte[] data = request.data();
    System.arraycopy(data, 0, before, 0, Math.min(data.length, before.length));
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      MemorySegment.copy(before, at, regions[i], ValueLayout.JAVA_BYTE, offset, lengths[i]);
      at += lengths[i];
    }
  }

  Submission submission() {
    return submission;
  }

  int segments() {
    return regions.length;
  }

  MemorySegment region(int segment) {
    return regions[segment];
  }

  long offset() {
    return offset;
  }

  long length(int segment) {
    return lengths[segment];
  }

  long length() {
    return Arrays.stream(lengths).asLongStream().sum();
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

  /** Reports what the driver did to memory that it may not write. Called at completion. */
  void check(byte[] contents, FaultLog faults) {
    for (int i = 0; i < regions.length; i++) {
      long stray = firstStray(regions[i], lengths[i]);
      if (stray >= 0) {
        faults.report(
            Clauses.NO_STRAY_BYTES,
            FaultLog.STRAY_WRITE,
            submission,
            "wrote %d bytes %s segment %d"
                .formatted(
                    stray < offset ? offset - stray : stray - offset - lengths[i] + 1,
                    stray < offset ? "before" : "past",
                    i));
      }
    }
    if (submission.request().operation() != BlockOperation.READ
        && !Arrays.equals(before, contents)) {
      faults.report(
          Clauses.WRITE_KEEPS_MEMORY,
          FaultLog.STRAY_WRITE,
          submission,
          "changed the memory of a request that only reads it, at byte "
              + Arrays.mismatch(before, contents));
    }
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
    long before = firstOther(region, 0, offset, GUARDED);
    return before >= 0 ? before : firstOther(region, offset + length, region.byteSize(), GUARDED);
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
