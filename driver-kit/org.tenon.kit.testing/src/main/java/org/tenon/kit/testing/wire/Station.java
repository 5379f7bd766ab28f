package org.tenon.kit.testing.wire;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.tenon.api.Stability;

/**
 * A station at the far end of a wire whose network stack is that of the host's own operating
 * system: it answers pings, and programs listen there. Goes with its wire. For any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Station {
  /** A channel that listens on a TCP port of all the station's addresses; the caller closes it. */
  ServerSocketChannel listen(int port) throws IOException;

  /**
   * Gives it further addresses, in a VLAN.
   *
   * @param vlan 1 to 4094, or 0 for frames without a tag
   * @param addresses with their prefixes, such as {@code 10.77.0.2/24}
   */
  void answer(int vlan, String... addresses) throws IOException;
}
