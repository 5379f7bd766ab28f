package org.tenon.kit.testing.pci;

import java.time.Duration;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.device.PciBar;

/**
 * A board with one PCI function, as a guest's processor reaches it. One thread calls it. Machine
 * time passes with {@link #advance} only.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface PciBoard extends PciAccess {
  /** The first address that BARs of a kind may be given. */
  long windowFirst(PciBar.Kind kind);

  /** The last address that BARs of a kind may be given. */
  long windowLast(PciBar.Kind kind);

  /** Lets machine time pass; timers ring, and what waits for an instruction boundary happens. */
  void advance(Duration by);

  /** The data of the interrupt messages sent since the last call. */
  List<Integer> takeMessages();

  /** The level of the interrupt pin as the interrupt controller sees it. */
  boolean pin();

  /**
   * Pulls the function out, whatever it does: when this returns, nothing answers in its place, and
   * its driver is closed. The rest of the board stays. A second call does nothing.
   */
  void pullOut();
}
