package org.tenon.kit.testing;

import java.util.BitSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tenon.spi.net.vswitch.SwitchDecision;

/**
 * A decision as an extension sees it, for the time of one call; otherwise as {@link LentFrameView}.
 */
final class LentDecision implements SwitchDecision {
  private final FaultLog faults;
  private final int maxPorts;
  private final BitSet ports;
  private final BitSet mirrors;
  private volatile boolean lent;

  LentDecision(FaultLog faults, int maxPorts) {
    this.faults = faults;
    this.maxPorts = maxPorts;
    ports = new BitSet(maxPorts);
    mirrors = new BitSet(maxPorts);
  }

  void lend(BitSet decided) {
    ports.clear();
    ports.or(decided);
    mirrors.clear();
    lent = true;
  }

  void takeBack() {
    lent = false;
  }

  SwitchVerdict verdict() {
    return new SwitchVerdict(set(ports), set(mirrors));
  }

  private static SortedSet<Integer> set(BitSet bits) {
    return bits.stream().boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean exists(int port) {
    if (!lent) {
      throw LentFrameView.over(faults, "a decision");
    }
    return port >= 0 && port < maxPorts;
  }

  @Override
  public boolean contains(int port) {
    return exists(port) && ports.get(port);
  }

  @Override
  public void add(int port) {
    if (exists(port)) {
      ports.set(port);
    }
  }

  @Override
  public void mirror(int port) {
    if (exists(port)) {
      mirrors.set(port);
    }
  }

  @Override
  public void remove(int port) {
    if (exists(port)) {
      ports.clear(port);
    }
  }

  @Override
  public void drop() {
    var _ = exists(0);
    ports.clear();
  }
}
