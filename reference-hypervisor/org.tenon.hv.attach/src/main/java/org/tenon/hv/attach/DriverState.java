package org.tenon.hv.attach;

/**
 * A driver's own state, as it is saved with its machine ({@link org.tenon.spi.Migration}).
 *
 * @param kind what the content is; empty for a driver without state
 * @param version of the driver's format
 * @param content in hexadecimal
 */
public record DriverState(String kind, int version, String content) {
  /** The most bytes that a driver may save. */
  public static final int MOST_BYTES = 1 << 24;

  /** That of a driver whose storage and settings are all there is. */
  public static final DriverState NONE = new DriverState("", 0, "");

  /** Checks the parts against one another. */
  public DriverState {
    boolean none = kind.isEmpty();
    boolean hexadecimal =
        content.length() % 2 == 0
            && content.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    if (none != (version == 0) || version < 0 || (none && !content.isEmpty()) || !hexadecimal) {
      throw new IllegalArgumentException("no driver has a state of version " + version);
    }
  }
}
