package org.tenon.hv.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Where the details of our own faults go. Holds the stack trace and versions, never the command's
 * arguments.
 */
final class ErrorLog {
  private ErrorLog() {}

  /** Writes the details to a new file, which only this user can read; empty if that fails too. */
  static Optional<Path> write(Throwable fault) {
    try {
      Path file = Files.createTempFile("tenon-error-", ".log");
      try (PrintWriter log =
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
        log.println(Instant.now() + " " + String.join(", ", new Product().getVersion()));
        fault.printStackTrace(log);
      }
      return Optional.of(file);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
