package org.tenon.spi;

import java.time.Duration;
import org.tenon.api.Stability;

/**
 * How long a host waits before it takes a driver for hung.
 *
 * @param request from the acceptance of a request to its completion; a driver whose storage may
 *     take longer completes the request as {@link org.tenon.api.Status#TIMEOUT} in time
 * @param control for each call of {@link Driver} and the stage it returns
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Deadlines(Duration request, Duration control) {
  /**
   * What the reference hypervisor uses unless told otherwise: 30 s for a request, 10 s for control.
   */
  public static final Deadlines DEFAULT =
      new Deadlines(Duration.ofSeconds(30), Duration.ofSeconds(10));
}
