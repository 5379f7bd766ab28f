package org.tenon.spi.net;

import org.tenon.api.Stability;

/** The frames to send that are in flight on one queue, by tag; see {@link NicMemory}. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicFrames extends NicMemory {
  /** What is to be done to the frame, as {@link NicOffload} packs it; agreed things only. */
  long offload(int tag);
}
