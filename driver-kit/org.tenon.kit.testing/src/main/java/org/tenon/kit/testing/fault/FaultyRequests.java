package org.tenon.kit.testing.fault;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.block.BlockRequests;

/**
 * Requests as the inner driver sees them: the host's, but for those whose data or length is
 * changed.
 */
final class FaultyRequests implements BlockRequests {
  private final BlockRequests outer;
  private final AtomicReferenceArray<@Nullable Injection> injections;
  private final AtomicReferenceArray<@Nullable Change> changes;

  FaultyRequests(BlockRequests outer, int depth) {
    this.outer = outer;
    this.injections = new AtomicReferenceArray<>(depth);
    this.changes = new AtomicReferenceArray<>(depth);
  }

  void expect(int tag, @Nullable Injection injection) {
    injections.set(tag, injection);
    changes.set(tag, null);
  }

  /** What was to happen to the request. It does not happen again. */
  @Nullable Injection finish(int tag) {
    return injections.getAndSet(tag, null);
  }

  /** Shows the inner driver a copy of the data, and gives the copy. */
  MemorySegment replaceData(int tag) {
    MemorySegment copy = copy(tag, wholeLength(tag));
    changes.set(tag, new Change(outer.blocks(tag), copy));
    return copy;
  }

  /** Shows the inner driver only the first blocks. */
  void shorten(int tag, int blocks) {
    int whole = outer.blocks(tag);
    if (blocks < whole) {
      changes.set(tag, new Change(blocks, copy(tag, wholeLength(tag) / whole * blocks)));
    }
  }

  /** The length of the request as the host sees it, in bytes. */
  long wholeLength(int tag) {
    long length = 0;
    for (int segment = 0; segment < outer.segments(tag); segment++) {
      length += outer.length(tag, segment);
    }
    return length;
  }

  private MemorySegment copy(int tag, long length) {
    MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, length)).asSlice(0, length);
    long at = 0;
    for (int segment = 0; at < length; segment++) {
      long part = Math.min(outer.length(tag, segment), length - at);
      MemorySegment.copy(outer.memory(tag, segment), outer.offset(tag, segment), copy, at, part);
      at += part;
    }
    return copy;
  }

  @Override
  public int operation(int tag) {
    return outer.operation(tag);
  }

  @Override
  public int flags(int tag) {
    return outer.flags(tag);
  }

  @Override
  public long block(int tag) {
    return outer.block(tag);
  }

  @Override
  public int blocks(int tag) {
    Change change = changes.get(tag);
    return change == null ? outer.blocks(tag) : change.blocks;
  }

  @Override
  public int segments(int tag) {
    return changes.get(tag) == null ? outer.segments(tag) : 1;
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    Change change = changes.get(tag);
    return change == null ? outer.memory(tag, segment) : change.data;
  }

  @Override
  public long offset(int tag, int segment) {
    return changes.get(tag) == null ? outer.offset(tag, segment) : 0;
  }

  @Override
  public long length(int tag, int segment) {
    Change change = changes.get(tag);
    return change == null ? outer.length(tag, segment) : change.data.byteSize();
  }

  private record Change(int blocks, MemorySegment data) {}
}
