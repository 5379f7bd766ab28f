package org.tenon.tck.mutants.net;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.tck.mutants.GuestMutants.Case;
import org.tenon.tck.mutants.Mutant;

/**
 * Drivers that are good enough for the checking host and fail behind a virtio-net card, whose guest
 * asks for more and starts anew more often. Each names the test of the virtual-hardware tier that
 * must catch it.
 */
public final class NicHardwareMutants {
  private NicHardwareMutants() {}

  /** All of them. */
  public static List<Case> all() {
    return List.of(
        new Case(
            Mutant.of(
                "address-table-of-100",
                "lets no frame pass to more than a hundred addresses of a filter",
                NicVariation.driver(ShortTable::new),
                "NET-095"),
            "FullAddressTables"),
        new Case(
            Mutant.of(
                "tires-of-resets",
                "takes no frame any more after its sixteenth reset",
                NicVariation.driver(TiresOfResets::new),
                "NET-099"),
            "MalformedFrames"));
  }

  /** See address-table-of-100. */
  private static final class ShortTable extends BaseNicDriver {
    private static final int ENTRIES = 100;

    ShortTable(
        NicAgreement agreement, NicHost host, MemoryWire wire, BaseNicDriver.PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void setFilter(NicFilter chosen) {
      Set<MacAddress> kept = chosen.addresses().stream().limit(ENTRIES).collect(Collectors.toSet());
      super.setFilter(
          new NicFilter(
              kept, chosen.allGroups(), chosen.promiscuous(), chosen.vlans(), chosen.allVlans()));
    }
  }

  /** See tires-of-resets. */
  private static final class TiresOfResets extends BaseNicDriver {
    private static final int LAST = 16;

    private volatile int resets;

    TiresOfResets(
        NicAgreement agreement, NicHost host, MemoryWire wire, BaseNicDriver.PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passes(byte[] frame) {
      return resets < LAST && super.passes(frame);
    }

    @Override
    public CompletionStage<Void> reset() {
      int now = resets + 1;
      resets = now;
      return super.reset();
    }
  }
}
