package org.tenon.hv.machine;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;

/** The alarms and handoffs of one plugged device, which end with it. Run-loop thread. */
final class DeviceLife implements Clock, Handoffs, AutoCloseable {
  private final RunLoop loop;
  private final MachineClock clock;
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Handoff> handoffs = new ArrayList<>();

  DeviceLife(RunLoop loop, MachineClock clock) {
    this.loop = loop;
    this.clock = clock;
  }

  @Override
  public long now() {
    return clock.now();
  }

  @Override
  public Alarm alarm(String name, Runnable action) {
    Alarm alarm = clock.alarm(name, action);
    alarms.add(alarm);
    return alarm;
  }

  @Override
  public Handoff handoff(Runnable action) {
    Handoff handoff = loop.handoff(action);
    handoffs.add(handoff);
    return handoff;
  }

  @Override
  public void close() {
    alarms.forEach(clock::remove);
    handoffs.forEach(loop::remove);
  }
}
