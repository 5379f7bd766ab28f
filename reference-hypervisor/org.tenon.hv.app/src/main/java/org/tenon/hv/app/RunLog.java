package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where log records go while the suite runs: into run.log beside the report. The suite provokes
 * what the log warns of, so that on a terminal the warnings would only hide the verdict.
 */
final class RunLog {
  private RunLog() {}

  /** Does some work with the log in that folder. */
  static <T> T during(Path folder, Supplier<T> work) throws InputException {
    Logger root = LogManager.getLogManager().getLogger("");
    try {
      Handler file = new FileHandler(folder.resolve("run.log").toString());
      file.setFormatter(new LogLine());
      divert(root, Level.OFF);
      root.addHandler(file);
      try {
        return work.get();
      } finally {
        root.removeHandler(file);
        file.close();
        divert(root, Level.ALL);
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: no log can be written there (%s); give another --out".formatted(folder, e), e);
    }
  }

  private static void divert(Logger root, Level console) {
    for (Handler handler : root.getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        handler.setLevel(console);
      }
    }
  }
}
