package org.tenon.checks;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The guest that trials boot, fetched once; where that fails a line says why nothing is tried. */
final class FetchedGuest {
  private static final System.Logger LOG = System.getLogger("org.tenon.trial");
  private static final Path CACHE =
      Repository.root().resolve("compatibility-suite/repo-checks/target/cache");

  /** The environment in which the command finds it. */
  static final Map<String, String> ENVIRONMENT = Map.of("XDG_CACHE_HOME", CACHE.toString());

  private FetchedGuest() {}

  /** Its initial RAM disk. */
  static Path initramfs() {
    return CACHE.resolve("tenon/guest/initramfs.cpio.gz");
  }

  /** Fetches it, or aborts the tests. */
  static void fetch() throws IOException, InterruptedException {
    if (!Files.exists(initramfs())) {
      Files.createDirectories(CACHE);
      Path work = Files.createTempDirectory(CACHE, "fetch");
      BuiltCommand.Ended ended = BuiltCommand.tenon(work, ENVIRONMENT, "guest", "fetch");
      if (ended.status() != 0) {
        String why = "no guest is tried: " + ended.err().strip();
        LOG.log(Level.WARNING, why);
        Assumptions.abort(why);
      }
    }
  }
}
