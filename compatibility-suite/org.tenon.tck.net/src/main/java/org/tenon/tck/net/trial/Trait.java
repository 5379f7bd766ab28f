package org.tenon.tck.net.trial;

import org.tenon.api.Stability;

/**
 * What a {@link org.tenon.tck.core.Requires} of a NIC test may name, beside the capabilities of
 * {@link org.tenon.spi.net.NicCapabilities} by their names.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Trait {
  /** The driver takes more than one pair of queues when four are offered. */
  public static final String SEVERAL_PAIRS = "several pairs";

  /** The driver has a secret among its settings. */
  public static final String SECRET_SETTING = "secret setting";

  /** What leaves can be seen: by the wire's end, or because it comes back. */
  public static final String SEEN_SENDING = "seen sending";

  /** What leaves by the wire can be looked at there. */
  public static final String OBSERVED = "observed";

  /** Two stations can talk by the wire: it comes back, or has a station at its other end. */
  public static final String CONVERSES = "converses";

  /** Two stations can talk so in a VLAN. */
  public static final String CONVERSES_IN_VLANS = "converses in VLANs";

  /** Frames can be made to come: by the wire's end, or by sending them. */
  public static final String FRAMES_COME = "frames come";

  /** Any frame can be made to come, also one that no card would send. */
  public static final String ANY_FRAME_COMES = "any frame comes";

  /** Frames can be made to come that are longer than the card takes. */
  public static final String TOO_LONG_COMES = "too long comes";

  /** The link changes: by the wire's end, or by the driver's own setting {@value #FLAP_KEY}. */
  public static final String LINK_CHANGES = "link changes";

  /** The name by which the suite knows a driver's setting that has its link change by itself. */
  public static final String FLAP_KEY = "flap-ms";

  private Trait() {}

  /** Why a test does not apply to a driver without the trait. */
  static String reasonWithout(String trait, String wire) {
    return switch (trait) {
      case SEVERAL_PAIRS -> "the driver took one pair of queues of four";
      case SECRET_SETTING -> "the driver has no secret among its settings";
      case SEEN_SENDING -> "a " + wire + " does not show what leaves";
      case OBSERVED -> "a " + wire + " shows nobody else what leaves";
      case CONVERSES -> "by a " + wire + " nobody answers";
      case CONVERSES_IN_VLANS ->
          "by a " + wire + " nobody answers in a VLAN (Linux needs its module 8021q for that)";
      case FRAMES_COME -> "a " + wire + " lets no frame come";
      case ANY_FRAME_COMES -> "by a " + wire + " only frames come that the card sends";
      case TOO_LONG_COMES -> "by a " + wire + " no frame comes that is too long for the card";
      case LINK_CHANGES -> "a " + wire + " does not change its link";
      default -> trait + " was not agreed";
    };
  }
}
