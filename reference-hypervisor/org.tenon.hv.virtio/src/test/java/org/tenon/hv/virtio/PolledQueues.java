package org.tenon.hv.virtio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueWork;

/** Serves a device's queues when a test says so, on its thread. */
public final class PolledQueues implements QueueSchedule {
  private final Set<Integer> due = new HashSet<>();

  /** Whether the guest lets the device at its memory. */
  public boolean mayServe = true;

  /** With nothing to do. */
  public PolledQueues() {}

  @Override
  public void offered(int queue) {
    due.add(queue);
  }

  @Override
  public void answered(int queue) {
    due.add(queue);
  }

  @Override
  public boolean mayServe() {
    return mayServe;
  }

  /** Serves whatever has something to do, until nothing has. */
  public void serve(QueueWork device) {
    while (!due.isEmpty()) {
      for (int queue : List.copyOf(due)) {
        due.remove(queue);
        do {
          while (device.poll(queue)) {
            Thread.onSpinWait();
          }
        } while (!device.arm(queue));
      }
    }
  }

  /** Forgets what there was to do. */
  public void forget() {
    due.clear();
  }
}
