package org.tenon.hv.vswitch;

import java.lang.foreign.MemorySegment;

/** Where a frame that leaves is written, front to back. For one thread at a time. */
interface FrameWriter {
  /** Makes room for a frame; false, with nothing done, where there is none. */
  boolean begin(int bytes);

  /** Writes some bytes of it. */
  void put(byte[] from, int offset, int count);

  /** Writes some bytes of it. */
  void put(MemorySegment from, long offset, int count);

  /** The frame is whole. */
  void end(long offload);
}
