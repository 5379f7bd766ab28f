package org.tenon.hv.app.speed;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A running guest's console, each line with the time at which it was complete. */
final class ConsoleReader implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;
  private final long started = System.nanoTime();
  private long when;

  ConsoleReader(Process process) {
    this.process = process;
    this.lines = new BufferedReader(process.inputReader(StandardCharsets.ISO_8859_1));
  }

  /** The next line, or null at the end. */
  @Nullable String next() throws SpeedException {
    try {
      String line = lines.readLine();
      when = System.nanoTime();
      return line == null ? null : line.strip();
    } catch (IOException e) {
      throw new SpeedException("the guest's console cannot be read: " + e.getMessage(), e);
    }
  }

  /** When the last line was complete, in nanoseconds since the process was started. */
  long when() {
    return when - started;
  }

  /** Ends the guest. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
