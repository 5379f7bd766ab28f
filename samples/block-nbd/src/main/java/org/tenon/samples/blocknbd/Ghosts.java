package org.tenon.samples.blocknbd;

import java.util.ArrayList;
import java.util.List;

/**
 * Changes that the guest has been told the end of (too late, or aborted), while the server may
 * still carry them out. Nothing that touches the same range is sent until the server has answered
 * or its connection is over: so an old write never overtakes a newer one. Shared by all
 * connections; for any thread.
 */
final class Ghosts {
  private final Runnable onRelease;
  private final List<Exchange> ghosts = new ArrayList<>();
  private volatile int count;
  private int releases;

  /**
   * None yet.
   *
   * @param onRelease run whenever one has gone
   */
  Ghosts(Runnable onRelease) {
    this.onRelease = onRelease;
  }

  void add(Exchange ghost) {
    if (ghost.changes()) {
      synchronized (this) {
        ghosts.add(ghost);
        count = ghosts.size();
      }
    }
  }

  void remove(Exchange ghost) {
    boolean gone;
    synchronized (this) {
      gone = ghosts.remove(ghost);
      count = ghosts.size();
      releases += gone ? 1 : 0;
    }
    if (gone) {
      onRelease.run();
    }
  }

  /** Whether the exchange has to wait for one of them. */
  boolean hold(Exchange exchange) {
    if (count == 0) {
      return false;
    }
    synchronized (this) {
      for (Exchange ghost : ghosts) {
        if (ghost.overlaps(exchange.offset, exchange.offset + exchange.length)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A number that changes whenever one has gone. */
  synchronized int releases() {
    return releases;
  }
}
