package org.tenon.tck.block.trial;

import org.tenon.api.Stability;

/**
 * What a {@link org.tenon.tck.core.Requires} of a block test may name, beside the capabilities of
 * {@link org.tenon.spi.block.BlockCapabilities} by their names.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Trait {
  /** The driver takes more than one queue when four are offered. */
  public static final String SEVERAL_QUEUES = "several queues";

  /** The driver has a flag {@value #READ_ONLY_KEY} among its settings. */
  public static final String READ_ONLY_SETTING = "read-only setting";

  /** The driver has a secret among its settings. */
  public static final String SECRET_SETTING = "secret setting";

  /** The name by which the suite knows a driver's flag for read-only use. */
  public static final String READ_ONLY_KEY = "read-only";

  private Trait() {}

  /** Why a test does not apply to a driver without the trait. */
  static String reasonWithout(String trait) {
    return switch (trait) {
      case SEVERAL_QUEUES -> "the driver took one queue of four";
      case READ_ONLY_SETTING -> "the driver has no flag '" + READ_ONLY_KEY + "' among its settings";
      case SECRET_SETTING -> "the driver has no secret among its settings";
      default -> trait + " was not agreed";
    };
  }
}
