package org.tenon.hv.virtio.vsock;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostStream;

/** The programs on the host that a guest's sockets are connected to. Run-loop thread. */
public interface VsockHost extends AutoCloseable {
  /**
   * Begins to work.
   *
   * @param news what to run, on any thread, when bytes have come or gone, or somebody
   */
  void start(Runnable news);

  /**
   * Somebody who wants to be connected to the guest, or null. The first line that comes from there
   * says to which port; the answer goes back before anything else.
   */
  @Nullable HostStream next();

  /** A connection to whoever serves a port on the host, if anybody does: that shows later. */
  HostStream connect(long port);

  /** Ends it. */
  @Override
  void close();
}
