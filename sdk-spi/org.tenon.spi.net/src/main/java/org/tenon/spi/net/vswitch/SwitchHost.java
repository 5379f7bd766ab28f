package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;
import org.tenon.spi.Host;

/** What surrounds an extension. Implemented by the host; callable as {@link Host} says. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface SwitchHost extends Host {
  /** The switch's name, as the user gave it. */
  String switchName();

  /** The most ports that the switch has at one time; port numbers are smaller. */
  int maxPorts();
}
