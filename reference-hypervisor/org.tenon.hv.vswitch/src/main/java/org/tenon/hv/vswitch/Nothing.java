package org.tenon.hv.vswitch;

import java.lang.foreign.MemorySegment;
import org.tenon.spi.net.NicMemory;

/** The memory of a frame that is not there yet. */
final class Nothing implements NicMemory {
  static final NicMemory MEMORY = new Nothing();

  private Nothing() {}

  @Override
  public int segments(int tag) {
    return 0;
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    return MemorySegment.NULL;
  }

  @Override
  public long offset(int tag, int segment) {
    return 0;
  }

  @Override
  public int length(int tag, int segment) {
    return 0;
  }
}
