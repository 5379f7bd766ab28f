package org.tenon.kit.testing;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Keeps what a driver logs, for the test to read. Safe for any thread. */
final class CapturedLog implements System.Logger {
  private final String name;
  private final Secrets secrets;
  private final List<String> lines = new ArrayList<>();

  CapturedLog(String name, Secrets secrets) {
    this.name = name;
    this.secrets = secrets;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean isLoggable(Level level) {
    return true;
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String text,
      @Nullable Throwable thrown) {
    add(level, text + (thrown == null ? "" : ": " + thrown));
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object @Nullable ... values) {
    add(
        level,
        format == null || values == null
            ? String.valueOf(format)
            : MessageFormat.format(format, values));
  }

  private void add(Level level, String text) {
    secrets.check("a log line", text);
    synchronized (lines) {
      lines.add(level + " " + text);
    }
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }
}
