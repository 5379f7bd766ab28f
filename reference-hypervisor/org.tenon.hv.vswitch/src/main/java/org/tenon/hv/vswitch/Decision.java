package org.tenon.hv.vswitch;

import org.tenon.spi.net.vswitch.SwitchDecision;

/** Sets of ports as bits of a number. One for each port of entry, reused. For one thread. */
final class Decision implements SwitchDecision {
  private long ports;
  private long mirrors;
  private long portsBefore;
  private long mirrorsBefore;

  void begin(long decided) {
    ports = decided;
    mirrors = 0;
  }

  /** Keeps what is decided so far, for {@link #restore}. */
  void remember() {
    portsBefore = ports;
    mirrorsBefore = mirrors;
  }

  /** Undoes what was decided since. */
  void restore() {
    ports = portsBefore;
    mirrors = mirrorsBefore;
  }

  long ports() {
    return ports;
  }

  long mirrors() {
    return mirrors;
  }

  private static long bit(int port) {
    return port < 0 || port >= VirtualSwitch.MAX_PORTS ? 0 : 1L << port;
  }

  @Override
  public boolean contains(int port) {
    return (ports & bit(port)) != 0;
  }

  @Override
  public void add(int port) {
    ports |= bit(port);
  }

  @Override
  public void mirror(int port) {
    mirrors |= bit(port);
  }

  @Override
  public void remove(int port) {
    ports &= ~bit(port);
  }

  @Override
  public void drop() {
    ports = 0;
  }
}
