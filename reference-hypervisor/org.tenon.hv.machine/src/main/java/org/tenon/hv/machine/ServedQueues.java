package org.tenon.hv.machine;

import java.util.concurrent.CompletionStage;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.attach.QueueWork;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.pci.BusMaster;

/**
 * Serves a device's queues on the run-loop thread, where guest memory changes between two
 * instructions only. Without leave to master the bus it touches neither rings nor data.
 *
 * @param <W> the kind of queues that it can serve
 */
interface ServedQueues<W extends QueueWork> extends QueueSchedule, Saved {
  /** Says whose queues they are; before the guest runs. */
  void serve(W work, BusMaster master);

  /** The guest has asked for a reset, which is over when the stage completes. Run-loop thread. */
  void resetting(CompletionStage<?> over);

  /** Serves nothing, whatever is due, until {@link #release}; run-loop thread, between two runs. */
  void hold();

  /** Serves again. */
  void release();
}
