package org.tenon.spi.block;

import org.tenon.api.Stability;

/**
 * What a device is called, in printable ASCII.
 *
 * @param vendor who made it; at most 8 characters
 * @param product which model; at most 40 characters
 * @param revision which firmware or driver revision; at most 8 characters
 * @param serial which one of them; at most 20 characters, the same whenever the same storage is
 *     opened
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record BlockIdentity(String vendor, String product, String revision, String serial) {
  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if one is too long or not printable ASCII
   */
  public BlockIdentity {
    check("vendor", vendor, 8);
    check("product", product, 40);
    check("revision", revision, 8);
    check("serial", serial, 20);
  }

  private static void check(String field, String text, int most) {
    if (text.length() > most || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          field + " '" + text + "' must be at most " + most + " characters of printable ASCII");
    }
  }
}
