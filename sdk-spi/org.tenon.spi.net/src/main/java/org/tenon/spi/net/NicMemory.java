package org.tenon.spi.net;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * The memory of the frames, or of the buffers, in flight on one queue, by tag. The host implements
 * it. A tag's row may be read from its acceptance to its return, by any thread that learnt the tag
 * from the submitting one; no call allocates.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicMemory {
  /** How many memory segments, 1 to {@link NicProperties#maxSegments()}. */
  int segments(int tag);

  /**
   * The memory in which a segment lies. Few distinct objects: usually one for each region of guest
   * RAM, the same for the card's whole life, so that a driver may keep what it derives from it.
   *
   * @param segment 0 to {@link #segments} − 1
   */
  MemorySegment memory(int tag, int segment);

  /** Where in {@link #memory} the segment starts, in bytes; any alignment. */
  long offset(int tag, int segment);

  /** How long the segment is, in bytes; at least 1. */
  int length(int tag, int segment);
}
