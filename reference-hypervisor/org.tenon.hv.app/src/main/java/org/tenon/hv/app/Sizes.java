package org.tenon.hv.app;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as users write them: 256M, 4G; a number alone means MiB. */
final class Sizes {
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,9})([KMGT]?)i?B?", Pattern.CASE_INSENSITIVE);

  private Sizes() {}

  /**
   * Bytes.
   *
   * @param what the text is, such as an option, for the message
   */
  static long parse(String what, String text) throws InputException {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new InputException(what + " " + text + " is no size; write it like 256M or 4G");
    }
    String unit = size.group(2).toUpperCase(Locale.ROOT);
    return Long.parseLong(size.group(1)) << (unit.isEmpty() ? 20 : 10 * ("KMGT".indexOf(unit) + 1));
  }
}
