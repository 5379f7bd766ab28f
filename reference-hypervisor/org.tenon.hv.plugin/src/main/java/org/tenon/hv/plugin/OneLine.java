package org.tenon.hv.plugin;

import org.jspecify.annotations.Nullable;

/** Text from outside, made fit for one line of a terminal or a log. */
final class OneLine {
  private static final int QUOTED_LENGTH = 120;

  private OneLine() {}

  /** The text with every control, format and line-breaking character as a question mark. */
  static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().map(OneLine::printable).forEach(line::appendCodePoint);
    return line.toString();
  }

  /** The text in quotes, printable, and cut to a readable length. */
  static String quote(String text) {
    String cut = text.length() > QUOTED_LENGTH ? text.substring(0, QUOTED_LENGTH) + "…" : text;
    return "'" + of(cut) + "'";
  }

  /** What was thrown: its type, and its message where it has one. */
  static String thrown(Throwable thrown) {
    @Nullable String message = thrown.getMessage();
    String type = thrown.getClass().getSimpleName();
    return message == null || message.isBlank() ? type : type + ": " + quote(message);
  }

  private static int printable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          '?';
      default -> character;
    };
  }
}
