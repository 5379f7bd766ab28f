package org.tenon.samples.switchmirror;

import java.util.BitSet;
import java.util.Collection;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchPort;

/** Which frames are mirrored, while the switch has certain ports. Immutable. */
final class Watch {
  /** Instead of a port: there is none. */
  static final int NOBODY = -1;

  private final MirrorSettings settings;
  private final int watcher;
  private final BitSet watched = new BitSet();
  private final int[] watchedPorts;
  private final int[] allowedVlans;

  /** With the ports that the switch has. */
  Watch(MirrorSettings settings, Collection<SwitchPort> ports) {
    this.settings = settings;
    int found = NOBODY;
    for (SwitchPort port : ports) {
      if (port.name().equals(settings.to())) {
        found = port.number();
      } else if (settings.ports().isEmpty() || settings.ports().contains(port.name())) {
        watched.set(port.number());
      }
    }
    watcher = found;
    watchedPorts = watched.stream().toArray();
    allowedVlans = settings.vlans().stream().toArray();
  }

  /** The port that watches, or {@link #NOBODY}. */
  int watcher() {
    return watcher;
  }

  /** Whether a frame is to be mirrored, as far as its way has been decided. Does not allocate. */
  boolean chooses(SwitchFrame frame, SwitchDecision decision) {
    if (frame.port() == watcher || !choosesVlan(frame.vlan())) {
      return false;
    }
    return (settings.entering() && watched.get(frame.port()))
        || (settings.leaving() && leavesByWatched(decision));
  }

  private boolean choosesVlan(int vlan) {
    return allowedVlans.length == 0 || settings.vlans().get(vlan);
  }

  private boolean leavesByWatched(SwitchDecision decision) {
    for (int port : watchedPorts) {
      if (decision.contains(port)) {
        return true;
      }
    }
    return false;
  }
}
