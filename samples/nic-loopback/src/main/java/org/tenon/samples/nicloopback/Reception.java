package org.tenon.samples.nicloopback;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicSteering;

/** The end of the plug where frames arrive. For any thread. */
final class Reception {
  private final NicAgreement agreement;
  private final Counters counters;
  private final List<BufferRing> rings = new ArrayList<>();
  private volatile Sieve sieve;
  private volatile @Nullable FlowTable flows;

  Reception(NicAgreement agreement, Counters counters, NicHost host) {
    this.agreement = agreement;
    this.counters = counters;
    this.sieve = new Sieve(NicFilter.NONE, agreement);
    boolean scatters = agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    for (int i = 0; i < agreement.queuePairs(); i++) {
      rings.add(new BufferRing(i, agreement.queueDepth(), scatters, host));
    }
  }

  BufferRing ring(int index) {
    return rings.get(index);
  }

  void setFilter(NicFilter filter) {
    sieve = new Sieve(filter, agreement);
  }

  void setSteering(NicSteering steering) {
    flows = new FlowTable(steering);
  }

  /**
   * Has a frame come from the wire.
   *
   * @param sentOn the queue that it left by, on which it arrives while nothing else is set
   */
  void take(Frame frame, long offload, int sentOn) {
    if (!sieve.passes(frame)) {
      return;
    }
    FlowTable table = flows;
    int queue = table == null ? sentOn : table.queue(frame);
    int bytes = frame.length();
    if (rings.get(queue).fill(frame, offload)) {
      counters.received(bytes);
    } else {
      counters.droppedNoBuffer();
    }
  }
}
