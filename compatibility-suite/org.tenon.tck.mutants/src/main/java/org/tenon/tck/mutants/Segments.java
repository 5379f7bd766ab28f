package org.tenon.tck.mutants;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.tenon.spi.block.BlockRequests;

/** A request's memory, from front to back. */
final class Segments {
  private Segments() {}

  static long length(BlockRequests requests, int tag) {
    long sum = 0;
    for (int i = 0; i < requests.segments(tag); i++) {
      sum += requests.length(tag, i);
    }
    return sum;
  }

  static MemorySegment segment(BlockRequests requests, int tag, int index) {
    return requests
        .memory(tag, index)
        .asSlice(requests.offset(tag, index), requests.length(tag, index));
  }

  static void scatter(ByteBuffer bytes, BlockRequests requests, int tag) {
    for (int i = 0; i < requests.segments(tag); i++) {
      copyOut(bytes, segment(requests, tag, i));
    }
  }

  static void copyOut(ByteBuffer bytes, MemorySegment segment) {
    MemorySegment part = MemorySegment.ofBuffer(bytes).asSlice(0, segment.byteSize());
    segment.copyFrom(part);
    bytes.position(bytes.position() + (int) segment.byteSize());
  }

  static void gather(BlockRequests requests, int tag, ByteBuffer bytes) {
    for (int i = 0; i < requests.segments(tag); i++) {
      MemorySegment segment = segment(requests, tag, i);
      MemorySegment.ofBuffer(bytes).copyFrom(segment);
      bytes.position(bytes.position() + (int) segment.byteSize());
    }
  }
}
