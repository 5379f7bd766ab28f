package org.tenon.tck.mutants.net;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.tenon.api.Status;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.net.packet.Layers;

/** Drivers that live wrongly. */
final class NicLifeMutants {
  private NicLifeMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "takes-too-much", "takes more pairs than are offered", new TakesTooMuch(), "NET-001"),
        Mutant.of(
            "impure-agreement", "answers one offer in two ways", new ImpureAgreement(), "NET-002"),
        Mutant.of(
            "nic-secret-in-log",
            "tells the secret setting in a log line",
            new NicSecretInLog(),
            "DRV-015"),
        Mutant.of(
            "properties-change",
            "is another card each time that it is asked",
            NicVariation.driver(PropertiesChange::new),
            "NET-007"),
        Mutant.of(
            "link-not-told",
            "does not tell that its link has changed",
            NicVariation.driver(LinkNotTold::new),
            "NET-062",
            "NET-008",
            "NET-064"),
        Mutant.of(
            "loses-the-last-change",
            "loses a change of the link in a storm",
            NicVariation.driver(LosesTheLastChange::new),
            "NET-064"),
        Mutant.of(
            "counters-cleared-in-reset",
            "clears its counters in a reset",
            NicVariation.driver(CountersClearedInReset::new),
            "NET-067"),
        Mutant.of(
            "quiesce-keeps-buffers",
            "keeps its buffers when it pauses",
            NicVariation.driver(QuiesceKeepsBuffers::new),
            "NET-069"),
        Mutant.of(
            "quiesce-aborts",
            "gives frames up when it pauses",
            NicVariation.driver(QuiesceAborts::new),
            "NET-068"),
        Mutant.of(
            "reset-keeps-buffers",
            "keeps its buffers in a reset",
            NicVariation.driver(ResetKeepsBuffers::new),
            "NET-071"),
        Mutant.of(
            "rest-is-early",
            "ends its reset and its pause while frames are in flight",
            NicVariation.pair(RestIsEarly::new),
            "DRV-010",
            "DRV-012"),
        Mutant.of(
            "close-keeps-a-buffer",
            "keeps a buffer when it closes",
            NicVariation.pair(CloseKeepsABuffer::new),
            "NET-072"),
        Mutant.of(
            "nic-leaks-a-thread",
            "leaves a thread behind",
            NicVariation.driver(NicLeaksAThread::new),
            "DRV-009"),
        Mutant.of(
            "dies-of-nonsense",
            "dies of a frame that is not what its offload says",
            NicVariation.pair(DiesOfNonsense::new),
            "NET-057",
            "NET-073",
            "DRV-017",
            "NET-025"),
        Mutant.of(
            "wire-kills-it",
            "throws away all that comes after a damaged header",
            NicVariation.driver(WireKillsIt::new),
            "NET-074",
            "NET-011"));
  }

  // no longer large

  private static final class TakesTooMuch extends BaseNicFactory {
    @Override
    public NicAgreement negotiate(NicOffer offer) {
      int more = Math.min(offer.maxQueuePairs() + 1, NicOffer.QUEUE_PAIRS_LIMIT);
      return NicOffer.of(offer.capabilities(), more, offer.maxQueueDepth())
          .accept()
          .queuePairs(more)
          .build();
    }
  }

  private static final class ImpureAgreement extends BaseNicFactory {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public NicAgreement negotiate(NicOffer offer) {
      return offer.accept().queueDepth(1 + asked.getAndIncrement() % 2).build();
    }
  }

  private static final class NicSecretInLog extends BaseNicFactory {
    @Override
    public NicDriver open(NicAgreement agreement, Config config, NicHost host)
        throws DriverException {
      host.log().log(Level.INFO, "token {0}", config.optionalText(TOKEN).orElse("none"));
      return super.open(agreement, config, host);
    }
  }

  private static final class PropertiesChange extends BaseNicDriver {
    private int asked;

    PropertiesChange(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public NicProperties properties() {
      NicProperties all = super.properties();
      return new NicProperties(
          all.address(), all.maxMtu(), 256 + ++asked % 2, all.maxSegmentedBytes());
    }
  }

  private static final class LinkNotTold extends BaseNicDriver {
    LinkNotTold(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void linkIs(boolean up) {
      link = up ? NicLink.up(10_000) : NicLink.DOWN;
    }
  }

  private static final class LosesTheLastChange extends BaseNicDriver {
    private int changes;

    LosesTheLastChange(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void linkIs(boolean up) {
      if (++changes < 30) {
        super.linkIs(up);
      } else if (!up) {
        super.linkIs(false);
      }
    }
  }

  private static final class CountersClearedInReset extends BaseNicDriver {
    CountersClearedInReset(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> reset() {
      counters.clear();
      return super.reset();
    }
  }

  private static final class QuiesceKeepsBuffers extends BaseNicDriver {
    QuiesceKeepsBuffers(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> quiesce() {
      return whenIdle();
    }
  }

  private static final class QuiesceAborts extends BaseNicDriver {
    QuiesceAborts(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> quiesce() {
      pairs.forEach(BaseNicPair::abort);
      return super.quiesce();
    }
  }

  private static final class ResetKeepsBuffers extends BaseNicDriver {
    ResetKeepsBuffers(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> reset() {
      pairs.forEach(BaseNicPair::abort);
      return whenIdle();
    }
  }

  private static final class RestIsEarly extends BaseNicPair {
    RestIsEarly(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int send(int tag) {
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
      return super.send(tag);
    }

    @Override
    CompletableFuture<Void> whenIdle() {
      return CompletableFuture.completedFuture(null);
    }
  }

  private static final class CloseKeepsABuffer extends BaseNicPair {
    CloseKeepsABuffer(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void returnBuffers() {
      synchronized (posted) {
        if (driver.isClosing() && !posted.isEmpty()) {
          posted.remove();
        }
      }
      super.returnBuffers();
    }
  }

  private static final class NicLeaksAThread extends BaseNicDriver {
    NicLeaksAThread(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void start() {
      super.start();
      host.newThread("forgotten", () -> LockSupport.parkNanos(Duration.ofMinutes(1).toNanos()))
          .start();
    }
  }

  private static final class DiesOfNonsense extends BaseNicPair {
    DiesOfNonsense(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int judge(byte[] frame, long offload) {
      int status = super.judge(frame, offload);
      if (status == Status.INVALID && NicOffload.cutting(offload) != NicOffload.WHOLE) {
        throw new IllegalArgumentException("cannot cut this");
      }
      return status;
    }
  }

  private static final class WireKillsIt extends BaseNicDriver {
    private boolean deaf;

    WireKillsIt(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void arrive(byte[] frame) {
      Layers layers = Layers.of(frame);
      boolean ip = layers.type() == Layers.IPV4 || layers.type() == Layers.IPV6;
      deaf |= ip && layers.protocol() < 0;
      if (!deaf) {
        super.arrive(frame);
      }
    }
  }
}
