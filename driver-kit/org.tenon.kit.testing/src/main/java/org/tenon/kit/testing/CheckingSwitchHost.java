package org.tenon.kit.testing;

import org.tenon.spi.Deadlines;
import org.tenon.spi.net.vswitch.SwitchHost;

/** What an extension under test has for a host. */
final class CheckingSwitchHost extends CheckingHost implements SwitchHost {
  static final int MAX_PORTS = 64;

  CheckingSwitchHost(HostServices services, Deadlines deadlines) {
    super(services, deadlines);
  }

  @Override
  public String switchName() {
    return "kit";
  }

  @Override
  public int maxPorts() {
    return MAX_PORTS;
  }
}
