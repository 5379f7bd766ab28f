package org.tenon.hv.machine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.memory.WriteListener;

/**
 * Tells the engine what devices have written, so that it executes no stale translation. Devices do
 * their work on the run-loop thread, where the engine may be told at once; the rare write that
 * another thread reports (a device that is reset) waits for the next boundary.
 */
final class DmaWrites implements WriteListener {
  private final EngineVm vm;
  private final RunLoop loop;
  private final Handoff handoff;
  private final Queue<Range> reported = new ConcurrentLinkedQueue<>();

  private record Range(long address, long length) {}

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
      reported.add(new Range(address, length));
      handoff.raise();
    }
  }

  private void tell() {
    for (Range range = reported.poll(); range != null; range = reported.poll()) {
      vm.memoryWritten(range.address(), range.length());
    }
  }
}
