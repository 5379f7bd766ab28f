package org.tenon.spi.device;

import org.tenon.api.Stability;

/**
 * How deep a reset of the guest's reaches, as an {@code int}. The codes are open: a driver takes
 * one that it does not know for {@link #POWER}.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class ResetLevel {
  /**
   * The function alone, through its configuration space (PCI Express base specification, 6.6.2).
   * What the data sheet calls sticky stays.
   */
  public static final int FUNCTION = 1;

  /** The bus that the function is on. What the data sheet calls sticky stays. */
  public static final int BUS = 2;

  /**
   * As after power-on: the power of the function's slot was turned off, or the function is pulled
   * out, and {@link DeviceDriver#close()} follows.
   */
  public static final int POWER = 3;

  private ResetLevel() {}

  /** The level in words, for people: its name, or its number where it has none. */
  public static String name(int level) {
    return switch (level) {
      case FUNCTION -> "FUNCTION";
      case BUS -> "BUS";
      case POWER -> "POWER";
      default -> "LEVEL(" + level + ")";
    };
  }
}
