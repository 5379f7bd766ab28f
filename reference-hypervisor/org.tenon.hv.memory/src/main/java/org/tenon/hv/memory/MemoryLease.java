package org.tenon.hv.memory;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Guest RAM as it is lent to somebody who is not trusted to let go of it, such as a driver: the
 * same bytes through segments of its own, which {@link #revoke} makes inaccessible. Any thread.
 */
public final class MemoryLease {
  private static final System.Logger LOG = System.getLogger(MemoryLease.class.getName());

  private final Arena arena = Arena.ofShared();
  private final GuestMemory memory;
  private final MemorySegment[] views;

  MemoryLease(GuestMemory memory) {
    this.memory = memory;
    views = new MemorySegment[memory.regionCount()];
    for (int i = 0; i < views.length; i++) {
      views[i] = memory.region(i).segment().reinterpret(arena, null);
    }
  }

  /** The borrower's view of a region of the leased RAM, the same object each time. */
  public MemorySegment view(MemoryRegion region) {
    for (int i = 0; i < views.length; i++) {
      if (memory.region(i) == region) {
        return views[i];
      }
    }
    throw new IllegalArgumentException(region + " is not part of the leased RAM");
  }

  /**
   * Ends the lease: accesses through its segments fail with {@link IllegalStateException} from now
   * on.
   *
   * @return false while a system call that the borrower began still reads or writes the RAM; call
   *     again later
   */
  public synchronized boolean revoke() {
    if (!arena.scope().isAlive()) {
      return true;
    }
    try {
      arena.close();
    } catch (IllegalStateException busy) {
      LOG.log(Level.DEBUG, "leased RAM is still in use: {0}", busy.getMessage());
      return false;
    }
    memory.ended(this);
    return true;
  }
}
