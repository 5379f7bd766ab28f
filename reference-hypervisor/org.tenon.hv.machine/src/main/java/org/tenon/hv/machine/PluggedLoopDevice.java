package org.tenon.hv.machine;

import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/** A plugged virtio device that works on the run loop: between two runs it is at rest anyway. */
final class PluggedLoopDevice implements PluggedDevice {
  private final LoopDeviceState identity;
  private final Saved device;

  PluggedLoopDevice(LoopDeviceState identity, Saved device) {
    this.identity = identity;
    this.device = device;
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void saveIdentity(StateWriter out) {
    out.put(identity);
  }

  @Override
  public void save(StateWriter out) throws StateException {
    device.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    device.restore(in);
  }

  /** Its sockets and files close with the thread that serves them all. */
  @Override
  public void close() {}
}
