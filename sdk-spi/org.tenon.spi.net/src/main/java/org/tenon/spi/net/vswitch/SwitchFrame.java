package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;

/**
 * A frame that enters the switch, as an extension sees it. The host implements and reuses it. The
 * bytes are a copy or held fast: they do not change during the call. No call allocates.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface SwitchFrame {
  /** The port by which it entered. */
  int port();

  /** The VLAN that it belongs to, 1 to 4094; 0 for none. */
  int vlan();

  /** How long it is, in bytes, from 14. */
  int length();

  /**
   * One byte of it, 0 to 255.
   *
   * @param index 0 to {@link #length()} − 1
   * @throws IndexOutOfBoundsException if there is no such byte
   */
  int octet(int index);

  /** The destination address, as {@link org.tenon.spi.net.MacAddress#bits()}. */
  long destination();

  /** The source address, as {@link org.tenon.spi.net.MacAddress#bits()}. */
  long source();

  /** What is still to be done to it, as {@link org.tenon.spi.net.NicOffload} packs it. */
  long offload();
}
