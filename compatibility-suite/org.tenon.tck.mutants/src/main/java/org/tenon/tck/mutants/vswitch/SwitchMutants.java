package org.tenon.tck.mutants.vswitch;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;
import org.tenon.tck.mutants.Mutant;

/** All broken extensions of the virtual switch. */
public final class SwitchMutants {
  private SwitchMutants() {}

  /** The extension that all of them vary; it keeps every promise. */
  public static SwitchExtensionFactory base() {
    return new GuardFactory(BaseGuard::new);
  }

  /** Each way of being wrong. */
  public static List<Mutant> all() {
    return Stream.concat(frames().stream(), lives().stream()).toList();
  }

  private static Mutant mutant(
      String id, String defect, Function<SwitchHost, BaseGuard> maker, String... clauses) {
    return Mutant.of(id, defect, new GuardFactory(maker), clauses);
  }

  private static List<Mutant> frames() {
    return List.of(
        mutant("keeps-a-frame", "looks at the frame before", KeepsAFrame::new, "SWX-001"),
        mutant("decides-later", "decides by a timer", DecidesLater::new, "SWX-001"),
        mutant("boxes-stations", "allocates for each frame", BoxesStations::new, "SWX-002"),
        mutant(
            "reads-too-far",
            "reads octets that short frames have not",
            ReadsTooFar::new,
            "SWX-003",
            "DRV-013"),
        mutant("knows-few-ports", "has room for 16 ports", KnowsFewPorts::new, "SWX-005"),
        mutant(
            "forgets-early-ports", "starts with an empty table", ForgetsEarlyPorts::new, "SWX-004"),
        mutant("mirrors-into-the-void", "never forgets a port", MirrorsIntoTheVoid::new, "SWX-006"),
        mutant("shares-a-table", "writes a table without a lock", SharesATable::new, "SWX-007"),
        mutant("waits-for-the-last", "waits in forward", WaitsForTheLast::new, "SWX-009"));
  }

  private static List<Mutant> lives() {
    AtomicLong common = new AtomicLong();
    return List.of(
        mutant("forgets-in-a-pause", "counts anew after a pause", ForgetsInAPause::new, "SWX-010"),
        mutant("resets-nothing", "counts on after a reset", ResetsNothing::new, "SWX-011"),
        mutant(
            "counts-for-all",
            "counts for all switches together",
            host -> new BaseGuard(host, common),
            "SWX-012",
            "DRV-020"),
        mutant(
            "needs-an-uplink",
            "throws without an uplink",
            NeedsAnUplink::new,
            "SWX-013",
            "SWX-006",
            "DRV-013"),
        mutant("moves-empty", "saves a state without the count", MovesEmpty::new, "SWX-014"),
        mutant("leaves-a-timer", "leaves a timer after close", LeavesATimer::new, "DRV-009"));
  }

  private static final class KeepsAFrame extends BaseGuard {
    private volatile @Nullable SwitchFrame last;

    KeepsAFrame(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      SwitchFrame before = last;
      last = frame;
      if (before == null || before.source() != frame.source()) {
        super.forward(frame, decision);
      }
    }
  }

  private static final class DecidesLater extends BaseGuard {
    DecidesLater(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      if (seen.incrementAndGet() == BROADCASTS) {
        host.clock().schedule(Duration.ofSeconds(1), decision::drop);
      }
    }
  }

  private static final class BoxesStations extends BaseGuard {
    private final Map<Long, String> stations = Collections.synchronizedMap(new HashMap<>());

    BoxesStations(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      stations.put(frame.source(), "station " + frame.source());
      super.forward(frame, decision);
    }
  }

  private static final class ReadsTooFar extends BaseGuard {
    ReadsTooFar(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      if (frame.octet(23) != 0x11) {
        super.forward(frame, decision);
      }
    }
  }

  private static final class KnowsFewPorts extends BaseGuard {
    private final long[] entered = new long[16];

    KnowsFewPorts(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      if (entered[frame.port()]++ >= 0) {
        super.forward(frame, decision);
      }
    }
  }

  private static final class ForgetsEarlyPorts extends BaseGuard {
    ForgetsEarlyPorts(SwitchHost host) {
      super(host);
    }

    @Override
    public void start() {
      ports.clear();
      uplink = NOBODY;
    }
  }

  private static final class MirrorsIntoTheVoid extends BaseGuard {
    MirrorsIntoTheVoid(SwitchHost host) {
      super(host);
    }

    @Override
    public void portRemoved(int port) {}
  }

  private static final class SharesATable extends BaseGuard {
    private int inside;

    SharesATable(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      int mine = ++inside;
      int sum = 0;
      for (int i = 0; i < frame.length(); i++) {
        sum += frame.octet(i);
      }
      if (inside != mine || sum < 0) {
        throw new IllegalStateException("another frame came in between");
      }
      super.forward(frame, decision);
    }
  }

  private static final class WaitsForTheLast extends BaseGuard {
    private volatile boolean waits = true;

    WaitsForTheLast(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      while (waits && frame.port() == 1 && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(1_000_000);
      }
      super.forward(frame, decision);
    }

    @Override
    public void close() {
      waits = false;
      super.close();
    }
  }

  private static final class ForgetsInAPause extends BaseGuard {
    ForgetsInAPause(SwitchHost host) {
      super(host);
    }

    @Override
    public void resume() {
      seen.set(0);
    }
  }

  private static final class ResetsNothing extends BaseGuard {
    ResetsNothing(SwitchHost host) {
      super(host);
    }

    @Override
    public CompletionStage<Void> reset() {
      return CompletableFuture.completedStage(null);
    }
  }

  private static final class NeedsAnUplink extends BaseGuard {
    NeedsAnUplink(SwitchHost host) {
      super(host);
    }

    @Override
    public void forward(SwitchFrame frame, SwitchDecision decision) {
      SwitchPort leads = ports.get(uplink);
      if (leads == null) {
        throw new IllegalStateException("there is no uplink");
      }
      super.forward(frame, decision);
    }
  }

  private static final class MovesEmpty extends BaseGuard {
    MovesEmpty(SwitchHost host) {
      super(host);
    }

    @Override
    void save(OutputStream out) throws IOException {
      out.write(new byte[Long.BYTES]);
    }
  }

  private static final class LeavesATimer extends BaseGuard {
    LeavesATimer(SwitchHost host) {
      super(host);
    }

    @Override
    public void start() {
      host.clock().schedule(Duration.ofHours(1), () -> seen.set(0));
    }
  }
}
