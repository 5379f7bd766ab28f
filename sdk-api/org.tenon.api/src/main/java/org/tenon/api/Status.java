package org.tenon.api;

/**
 * How a request ended, as an {@code int}, so that the I/O path carries it without an allocation.
 *
 * <p>The codes are open. {@link #OK} is the only success; a reader that meets a code it does not
 * know treats it as {@link #IO_ERROR}. Codes from {@link #VENDOR_FIRST} to {@link #VENDOR_LAST}
 * belong to vendors, in blocks of 256 that governance/vendor-codes registers; all others belong to
 * this class.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class Status {
  /** The request was carried out in full. */
  public static final int OK = 0;

  /** It failed and nothing more is known. */
  public static final int IO_ERROR = 1;

  /** The operation was not agreed, or is not known. */
  public static final int UNSUPPORTED = 2;

  /** The request contradicts itself: a length, alignment or flag is wrong. */
  public static final int INVALID = 3;

  /** It reaches past the end of the device. */
  public static final int OUT_OF_RANGE = 4;

  /** It would change a read-only device. */
  public static final int READ_ONLY = 5;

  /** The storage behind the device is full. */
  public static final int NO_SPACE = 6;

  /** The medium returned data that fails its own check. */
  public static final int MEDIUM_ERROR = 7;

  /** The storage did not answer in time. */
  public static final int TIMEOUT = 8;

  /**
   * A reset, a close or a removal ended it before it was carried out; it may have been carried out
   * in part.
   */
  public static final int ABORTED = 9;

  /** The device is gone or its path is down. */
  public static final int NOT_READY = 10;

  /** Something else holds the storage. */
  public static final int CONFLICT = 11;

  /** The caller lacks the right. */
  public static final int DENIED = 12;

  /** The lowest code that a vendor may register. */
  public static final int VENDOR_FIRST = 0x4000_0000;

  /** The highest code that a vendor may register. */
  public static final int VENDOR_LAST = 0x4FFF_FFFF;

  private Status() {}

  /** Whether the code lies in the vendors' range. */
  public static boolean isVendor(int status) {
    return status >= VENDOR_FIRST && status <= VENDOR_LAST;
  }

  /** The code in words, for people: its name, or its number where it has none. */
  public static String name(int status) {
    return switch (status) {
      case OK -> "OK";
      case IO_ERROR -> "IO_ERROR";
      case UNSUPPORTED -> "UNSUPPORTED";
      case INVALID -> "INVALID";
      case OUT_OF_RANGE -> "OUT_OF_RANGE";
      case READ_ONLY -> "READ_ONLY";
      case NO_SPACE -> "NO_SPACE";
      case MEDIUM_ERROR -> "MEDIUM_ERROR";
      case TIMEOUT -> "TIMEOUT";
      case ABORTED -> "ABORTED";
      case NOT_READY -> "NOT_READY";
      case CONFLICT -> "CONFLICT";
      case DENIED -> "DENIED";
      default -> "%s(0x%08x)".formatted(isVendor(status) ? "VENDOR" : "UNKNOWN", status);
    };
  }
}
