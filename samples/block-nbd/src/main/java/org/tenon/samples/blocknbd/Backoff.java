package org.tenon.samples.blocknbd;

import java.time.Duration;

/** How long to wait before the next attempt: ever longer, never for good. For one thread. */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private Duration next = FIRST;

  Duration next() {
    Duration now = next;
    Duration doubled = now.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return now;
  }

  /** The server has answered: the next trouble is a new one. */
  void reset() {
    next = FIRST;
  }
}
