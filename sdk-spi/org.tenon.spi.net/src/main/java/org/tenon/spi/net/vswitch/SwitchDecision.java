package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;

/** The ports by which a frame leaves. The host implements and reuses it. No call allocates. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface SwitchDecision {
  /** Whether the frame leaves by a port. */
  boolean contains(int port);

  /**
   * Has the frame leave by a port too. A port that does not exist, that the frame entered by, or
   * that is not in its VLAN, is left out by the switch.
   */
  void add(int port);

  /**
   * Has a copy of the frame leave by a port whatever its VLAN, also where it entered: for a port
   * that watches.
   */
  void mirror(int port);

  /** Has the frame not leave by a port. */
  void remove(int port);

  /** Has the frame leave by no port. Mirrors stay. */
  void drop();
}
