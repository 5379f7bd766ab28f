package org.tenon.hv.app;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Where the command speaks: results on standard output, everything else on standard error. Colour
 * and live lines only on a terminal; NO_COLOR (no-color.org) switches colour off.
 */
final class Console {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean colour;
  private final boolean live;

  Console(PrintWriter out, PrintWriter err, boolean colour, boolean live) {
    this.out = out;
    this.err = err;
    this.colour = colour;
    this.live = live;
  }

  /** The process's own; the launcher tells in system properties which streams are terminals. */
  static Console ofProcess() {
    boolean outIsTerminal = Boolean.getBoolean("tenon.stdout.terminal");
    boolean errIsTerminal = Boolean.getBoolean("tenon.stderr.terminal");
    boolean colourful = isUnset("NO_COLOR") && !"dumb".equals(System.getenv("TERM"));
    return new Console(
        new PrintWriter(System.out, true, System.out.charset()),
        new PrintWriter(System.err, true, System.err.charset()),
        outIsTerminal && colourful,
        outIsTerminal && errIsTerminal && !"dumb".equals(System.getenv("TERM")));
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  boolean colour() {
    return colour;
  }

  /** Whether a line may be shown that the next one replaces. */
  boolean live() {
    return live;
  }

  /** A line of result. */
  void print(String line) {
    out.println(line);
  }

  /** Why the command ends without one. */
  void complain(String line) {
    err.println("tenon: " + line);
  }

  /** Shows a line on a terminal until the next call; null for none. */
  void showLive(@Nullable String line) {
    if (live) {
      err.print(CLEAR_LINE + (line == null ? "" : line));
      err.flush();
    }
  }

  String good(String text) {
    return styled("32", text);
  }

  String bad(String text) {
    return styled("31", text);
  }

  String bold(String text) {
    return styled("1", text);
  }

  String faint(String text) {
    return styled("2", text);
  }

  private String styled(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  private static boolean isUnset(String variable) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty();
  }
}
