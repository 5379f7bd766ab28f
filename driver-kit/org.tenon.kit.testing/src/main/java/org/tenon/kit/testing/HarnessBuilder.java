package org.tenon.kit.testing;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;

/**
 * Collects the circumstances of a harness, as far as they do not depend on the driver's class. For
 * one thread.
 *
 * @param <B> the builder itself
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class HarnessBuilder<B extends HarnessBuilder<B>> {
  private final Map<String, String> settings = new LinkedHashMap<>();
  private FileSystem files = FileSystems.getDefault();
  private @Nullable HostClock clock;
  private Deadlines deadlines = Deadlines.DEFAULT;
  private Duration callLimit = Duration.ofSeconds(1);
  private Duration patience = Duration.ofSeconds(60);
  private LentMemory memory = LentMemory.REVOKED;
  private boolean strict = true;

  HarnessBuilder() {}

  /** The builder itself. */
  abstract B self();

  /** One thing that a user would set. */
  public B setting(String name, String value) {
    settings.put(name, value);
    return self();
  }

  /** What a user would set. */
  public B settings(Map<String, String> values) {
    settings.putAll(values);
    return self();
  }

  /** Where the driver's paths lie; the default file system unless given. */
  public B files(FileSystem where) {
    files = where;
    return self();
  }

  /** Time for driver and host, such as a {@link VirtualClock}; real time unless given. */
  public B clock(HostClock time) {
    clock = time;
    return self();
  }

  /** How long the host waits, by its clock; {@link Deadlines#DEFAULT} unless given. */
  public B deadlines(Deadlines limits) {
    deadlines = limits;
    return self();
  }

  /**
   * How long a call that hands tags to the driver may take, by the host's clock, before it counts
   * as blocking; 1 s unless given.
   */
  public B submitLimit(Duration limit) {
    callLimit = limit;
    return self();
  }

  /**
   * How long any wait of the harness lasts in real time, whatever the clock says; 60 s unless
   * given.
   */
  public B patience(Duration limit) {
    patience = limit;
    return self();
  }

  /**
   * What becomes of memory that the driver has given back; {@link LentMemory#REVOKED} unless given.
   */
  public B memory(LentMemory mode) {
    memory = mode;
    return self();
  }

  /** Lets close return although faults were found; the test then reads them itself. */
  public B lenient() {
    strict = false;
    return self();
  }

  HarnessOptions options() {
    return new HarnessOptions(
        Map.copyOf(settings), files, clock, deadlines, callLimit, patience, memory, strict);
  }
}
