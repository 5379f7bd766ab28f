package org.tenon.hv.attach;

import org.tenon.hv.memory.MemoryLease;
import org.tenon.spi.net.NicFrames;

/** The rows that a NIC driver reads by tag: frames to send, or buffers. */
final class FrameTable extends SegmentTable implements NicFrames {
  private final long[] offloads;

  FrameTable(int depth, MemoryLease lease) {
    super(depth, lease);
    offloads = new long[depth];
  }

  void begin(int tag, long offload) {
    offloads[tag] = offload;
    clear(tag);
  }

  /** Where a segment begins, for the guest. */
  long address(int tag, int segment) {
    return region(tag, segment).base() + offset(tag, segment);
  }

  @Override
  public long offload(int tag) {
    return offloads[tag];
  }

  @Override
  public int length(int tag, int segment) {
    return (int) bytes(tag, segment);
  }
}
