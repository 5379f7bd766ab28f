package org.tenon.spi.block;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Stability;

/**
 * What the requests in flight on one queue ask for, by tag. The host implements it. A tag's row may
 * be read from its submission to its completion, by any thread that learnt the tag from the
 * submitting one; no call allocates. The meaning of the fields for each operation stands at {@link
 * BlockOperation}.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface BlockRequests {
  /** A code of {@link BlockOperation}, or one that the driver does not know. */
  int operation(int tag);

  /** Bits of {@link BlockOperation}; ignore unknown ones. */
  int flags(int tag);

  /** The first logical block, from 0; unsigned nonsense shows as a negative number. */
  long block(int tag);

  /** How many logical blocks, at least 0. */
  int blocks(int tag);

  /** How many memory segments, at most {@link BlockGeometry#maxSegments()}. */
  int segments(int tag);

  /**
   * The memory in which a segment lies. Few distinct objects: usually one for each region of guest
   * RAM, the same for the device's whole life, so that a driver may keep what it derives from it.
   *
   * @param segment 0 to {@link #segments} − 1
   */
  MemorySegment memory(int tag, int segment);

  /** Where in {@link #memory} the segment starts, in bytes; any alignment. */
  long offset(int tag, int segment);

  /**
   * How long the segment is, in bytes; at least 1, of any alignment; the sum over all is the length
   * of the request.
   */
  long length(int tag, int segment);
}
