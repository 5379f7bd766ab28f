package org.tenon.kit.testing;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicMemory;

/** What a NIC driver under test has for a host. */
final class CheckingNicHost extends CheckingHost implements NicHost {
  private final NicAgreement agreement;
  private final List<TransmitPort> transmitPorts;
  private final List<PostPort> postPorts;
  private final Consumer<NicLink> linkObserver;
  private volatile @Nullable NicLink link;

  CheckingNicHost(
      NicAgreement agreement,
      Deadlines deadlines,
      HostServices services,
      List<TransmitPort> transmitPorts,
      List<PostPort> postPorts,
      Consumer<NicLink> linkObserver) {
    super(services, deadlines);
    this.agreement = agreement;
    this.transmitPorts = transmitPorts;
    this.postPorts = postPorts;
    this.linkObserver = linkObserver;
  }

  /** How the link was last said to be; null before the driver told of a change. */
  @Nullable NicLink told() {
    return link;
  }

  @Override
  public NicFrames frames(int queue) {
    return transmitPorts.get(queue).table();
  }

  @Override
  public NicMemory buffers(int queue) {
    return postPorts.get(queue).table();
  }

  @Override
  public void transmitted(int queue, int tag, int status) {
    checkNotOver("transmitted");
    if (isPair(
        queue,
        NicClauses.NOTHING_UNKNOWN,
        "completed tag %d on pair %d as %s".formatted(tag, queue, Status.name(status)))) {
      transmitPorts.get(queue).complete(tag, status);
    }
  }

  @Override
  public void received(int queue, int tag, int bytes, int flags, long offload) {
    checkNotOver("received");
    if (isPair(
        queue,
        NicClauses.NOTHING_UNKNOWN,
        "handed over buffer %d of pair %d".formatted(tag, queue))) {
      postPorts.get(queue).receive(tag, bytes, flags, offload);
    }
  }

  @Override
  public void returned(int queue, int tag) {
    checkNotOver("returned");
    if (isPair(
        queue, NicClauses.NOTHING_UNKNOWN, "returned buffer %d of pair %d".formatted(tag, queue))) {
      postPorts.get(queue).comeBack(tag);
    }
  }

  @Override
  public void queueReady(int queue) {
    checkNotOver("queueReady");
    if (isPair(queue, NicClauses.PAIRS_CONSTANT, "called queueReady for pair " + queue)) {
      transmitPorts.get(queue).ready();
      postPorts.get(queue).ready();
    }
  }

  @Override
  public void linkChanged(NicLink now) {
    checkNotOver("linkChanged");
    if (!agreement.has(NicCapabilities.LINK_STATE)) {
      faults()
          .report(
              NicClauses.AGREED_ONLY,
              Fault.Kind.NOT_AGREED,
              "called linkChanged, but link-state was not agreed");
    }
    link = now;
    linkObserver.accept(now);
  }

  private boolean isPair(int queue, ClauseId clause, String what) {
    if (queue >= 0 && queue < transmitPorts.size()) {
      return true;
    }
    reportBadQueue(clause, Fault.Kind.COMPLETED_UNKNOWN, what, transmitPorts.size());
    return false;
  }
}
