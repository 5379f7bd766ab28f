package org.tenon.checks;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;

/** The guests that tests boot, fetched once into the user's cache. */
final class Guests {
  private static final System.Logger LOG = System.getLogger("org.tenon.trial");

  private Guests() {}

  /** Whether the long forms of the trials run: {@code -Dtenon.trial=full}. */
  static boolean isFull() {
    return System.getProperty("tenon.trial", "").equals("full");
  }

  /** Fetches; where that fails a line says why nothing is tried. */
  static void fetch(Path folder, DebianKernel... kernels) throws IOException, InterruptedException {
    for (DebianKernel kernel : kernels) {
      if (!GuestStore.ofUser(kernel).hasTools()) {
        BuiltCommand.Ended ended =
            BuiltCommand.tenon(
                Files.createTempDirectory(folder, "fetch"),
                Map.of(),
                "guest",
                "fetch",
                "--kernel",
                kernel.label());
        if (ended.status() != 0) {
          String why = "no guest is tried: " + ended.err().strip();
          LOG.log(Level.WARNING, why);
          Assumptions.abort(why);
        }
      }
    }
  }
}
