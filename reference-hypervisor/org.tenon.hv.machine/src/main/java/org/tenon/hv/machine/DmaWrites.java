package org.tenon.hv.machine;

import java.util.Arrays;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.memory.WriteListener;

/**
 * Tells the engine what devices have written, so that it executes no stale translation. Devices do
 * their work on the run-loop thread, where the engine may be told at once; a write that another
 * thread reports (a partner's function on its device thread, a device that is reset) waits for the
 * next boundary, in a table that grows to what was ever needed.
 */
final class DmaWrites implements WriteListener {
  private final EngineVm vm;
  private final RunLoop loop;
  private final Handoff handoff;
  private long[] addresses = new long[64];
  private long[] lengths = new long[64];
  private int reported;

  DmaWrites(EngineVm vm, RunLoop loop) {
    this.vm = vm;
    this.loop = loop;
    handoff = loop.handoff(this::tell);
  }

  @Override
  public void written(long address, long length) {
    if (loop.isCurrentThread()) {
      vm.memoryWritten(address, length);
    } else {
      report(address, length);
      handoff.raise();
    }
  }

  private synchronized void report(long address, long length) {
    if (reported == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * reported);
      lengths = Arrays.copyOf(lengths, 2 * reported);
    }
    addresses[reported] = address;
    lengths[reported++] = length;
  }

  private synchronized void tell() {
    for (int i = 0; i < reported; i++) {
      vm.memoryWritten(addresses[i], lengths[i]);
    }
    reported = 0;
  }
}
