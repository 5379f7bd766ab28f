package org.tenon.hv.virtio.console;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostStream;

/** The host's end of a port, at which there is somebody or nobody. Run-loop thread. */
public interface PortEnd extends AutoCloseable {
  /**
   * Begins to work.
   *
   * @param news what to run, on any thread, when bytes have come or gone, or somebody
   */
  void start(Runnable news);

  /** Who is there, or null for nobody. Stays the same until {@link #forget}. */
  @Nullable HostStream stream();

  /** Lets go of somebody who has gone, so that the next one may come. */
  void forget();

  /** Ends it. */
  @Override
  void close();
}
