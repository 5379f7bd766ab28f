package org.tenon.hv.vswitch;

import java.time.Duration;
import org.tenon.hv.attach.SystemClock;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;

/**
 * How long a switch waits for its extensions.
 *
 * @param clock by whose time
 * @param deadlines for control calls
 * @param forward how long one decision may take; a port's thread is lost after that, and the port's
 *     card takes it for hung after the control deadline, which must be more than twice as long
 */
record ExtensionLimits(HostClock clock, Deadlines deadlines, Duration forward) {
  /** Real time, the usual deadlines, and a second for a decision. */
  static final ExtensionLimits DEFAULT =
      new ExtensionLimits(SystemClock.instance(), Deadlines.DEFAULT, Duration.ofSeconds(1));
}
