package org.tenon.hv.app;

import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One log record on one line; a stack trace is for the log of a fault, not for the terminal. */
final class LogLine extends Formatter {
  @Override
  public String format(LogRecord entry) {
    String thrown = entry.getThrown() == null ? "" : " (" + entry.getThrown() + ")";
    String line = formatMessage(entry) + thrown;
    return "tenon: %s: %s%n"
        .formatted(
            entry.getLevel().getName().toLowerCase(Locale.ROOT),
            line.replaceAll("\\p{Cntrl}", "?"));
  }
}
