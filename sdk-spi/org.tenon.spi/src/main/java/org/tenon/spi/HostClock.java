package org.tenon.spi;

import java.time.Duration;
import org.tenon.api.Stability;

/**
 * Time as the host counts it. A driver that waits only through it can be tested in virtual time.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface HostClock {
  /** Nanoseconds since some fixed moment; never goes back. */
  long nanoTime();

  /**
   * Runs {@code work} once, after {@code delay}, on a thread of the host's. The work must not
   * block.
   *
   * @return the timer, which must be over or cancelled when {@link Driver#close()} returns
   */
  Timer schedule(Duration delay, Runnable work);

  /** Work that waits for its time. */
  interface Timer {
    /** Takes the work back. Does nothing if it has run or is running. */
    void cancel();
  }
}
