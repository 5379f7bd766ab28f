package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;
import org.tenon.spi.Driver;

/**
 * An open extension. Life and threads are those of {@link Driver}; its requests are the frames,
 * each of which is over when {@link #forward} returns. The switch forwards in RUNNING only, and
 * tells of the ports there are before {@link #start()}.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface SwitchExtension extends Driver {
  /** A port has come. Called by the control thread. */
  void portAdded(SwitchPort port);

  /**
   * A port has gone. Called by the control thread; no frame enters by it or leaves by it any more.
   *
   * @param port {@link SwitchPort#number()}
   */
  void portRemoved(int port);

  /**
   * Decides on one frame. One thread at a time calls it for one port of entry; for different ports
   * it may be called at the same time. Never blocks, never throws, does not allocate; one that has
   * not returned after a second is at fault (SWX-009).
   *
   * @param frame valid during the call only
   * @param decision what the switch, and the extensions before this one, decided; valid during the
   *     call only
   */
  void forward(SwitchFrame frame, SwitchDecision decision);
}
