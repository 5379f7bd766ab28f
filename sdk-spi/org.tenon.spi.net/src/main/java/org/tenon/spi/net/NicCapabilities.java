package org.tenon.spi.net;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/**
 * The capabilities of NICs that this SDK knows. More may be offered; ignore them. A driver that
 * does not take one of the offloads is handed, and hands over, complete frames only.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicCapabilities {
  /**
   * Frames to send may lack their TCP or UDP checksum ({@link NicOffload#needsChecksum}); the
   * driver, or what stands behind it, fills it in.
   */
  public static final Capability TRANSMIT_CHECKSUM = Capability.of("transmit-checksum");

  /**
   * Frames that arrive may say that their checksum has been verified ({@link
   * NicOffload#isChecksumValid}), or lack it where they never were on a wire ({@link
   * NicOffload#needsChecksum}). A frame whose checksum is wrong arrives without either word.
   */
  public static final Capability RECEIVE_CHECKSUM = Capability.of("receive-checksum");

  /**
   * TCP over IPv4 to send may be longer than the MTU; the driver cuts it into segments ({@link
   * NicOffload#TCP4}). Taken with {@link #TRANSMIT_CHECKSUM} only.
   */
  public static final Capability TRANSMIT_TCP4 = Capability.of("transmit-tcp4");

  /** As {@link #TRANSMIT_TCP4}, over IPv6 ({@link NicOffload#TCP6}). */
  public static final Capability TRANSMIT_TCP6 = Capability.of("transmit-tcp6");

  /**
   * Segments that arrive may be joined to frames longer than the MTU, which say their {@link
   * NicOffload#segmentSize}. Taken with {@link #RECEIVE_CHECKSUM} only.
   */
  public static final Capability RECEIVE_JOINED = Capability.of("receive-joined");

  /**
   * A frame that arrives may take several buffers ({@link NicHost#MORE}); without it a frame longer
   * than its buffer is dropped.
   */
  public static final Capability SCATTERED_RECEIVE = Capability.of("scattered-receive");

  /** {@link NicDriver#setFilter} chooses by destination address. Without it all frames arrive. */
  public static final Capability ADDRESS_FILTER = Capability.of("address-filter");

  /** {@link NicDriver#setFilter} chooses by VLAN too. Without it the VLAN does not matter. */
  public static final Capability VLAN_FILTER = Capability.of("vlan-filter");

  /** {@link NicDriver#setSteering} chooses each flow's queue. Without it the driver chooses. */
  public static final Capability STEERING = Capability.of("steering");

  /** The link may change while the card is open; {@link NicHost#linkChanged} tells. */
  public static final Capability LINK_STATE = Capability.of("link-state");

  /** All of the above. */
  public static final SortedSet<Capability> ALL =
      Collections.unmodifiableSortedSet(
          new TreeSet<>(
              List.of(
                  TRANSMIT_CHECKSUM,
                  RECEIVE_CHECKSUM,
                  TRANSMIT_TCP4,
                  TRANSMIT_TCP6,
                  RECEIVE_JOINED,
                  SCATTERED_RECEIVE,
                  ADDRESS_FILTER,
                  VLAN_FILTER,
                  STEERING,
                  LINK_STATE)));

  private NicCapabilities() {}
}
