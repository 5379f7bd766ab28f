package org.tenon.hv.platform;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.bus.EventQueue;
import org.tenon.hv.irq.IrqLine;

/**
 * A workbench for one chip: a clock that the test moves, a wire whose edges are counted, and a
 * power switch.
 */
final class Bench implements PowerControl, IrqLine {
  long now;
  final EventQueue clock = new EventQueue(() -> now);
  final List<String> power = new ArrayList<>();
  boolean line;
  int edges;

  @Override
  public void set(boolean asserted) {
    if (asserted && !line) {
      edges++;
    }
    line = asserted;
  }

  @Override
  public void reset(String source) {
    power.add("reset " + source);
  }

  @Override
  public void powerOff() {
    power.add("off");
  }

  /** Moves time on, ringing each alarm at its own instant. */
  void to(long time) {
    while (clock.next() <= time) {
      now = Math.max(now, clock.next());
      clock.ring();
    }
    now = time;
  }
}
