package org.tenon.tck.mutants.net;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicSteering;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Toeplitz;

/** Drivers that choose, steer and speak of frames wrongly. */
final class ChoiceMutants {
  private ChoiceMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "takes-too-long-frames",
            "hands over frames longer than its limit",
            NicVariation.driver(TakesTooLongFrames::new),
            "NET-015"),
        Mutant.of(
            "filter-leaks-groups",
            "lets every group address pass its filter",
            NicVariation.driver(FilterLeaksGroups::new),
            "NET-041"),
        Mutant.of(
            "filter-hashes-addresses",
            "compares the last byte of an address only",
            NicVariation.driver(FilterHashesAddresses::new),
            "NET-041"),
        Mutant.of(
            "filter-drops-broadcast",
            "drops broadcast that its filter passes",
            NicVariation.driver(FilterDropsBroadcast::new),
            "NET-042"),
        Mutant.of(
            "vlan-leaks-priority",
            "lets a VLAN pass where a priority stands in the tag",
            NicVariation.driver(VlanLeaksPriority::new),
            "NET-043"),
        Mutant.of(
            "vlan-drops-untagged",
            "drops frames without a tag where a VLAN is chosen",
            NicVariation.driver(VlanDropsUntagged::new),
            "NET-044"),
        Mutant.of(
            "filter-lost-in-reset",
            "forgets its filter in a reset",
            NicVariation.driver(FilterLostInReset::new),
            "NET-046"),
        Mutant.of(
            "filters-at-first",
            "has its own address for a filter at first",
            NicVariation.driver(FiltersAtFirst::new),
            "NET-045"),
        Mutant.of(
            "says-verified-of-all",
            "says of every TCP frame that it verified it",
            NicVariation.driver(SaysVerifiedOfAll::new),
            "NET-049"),
        Mutant.of(
            "drops-wrong-checksums",
            "drops frames whose checksum is wrong",
            NicVariation.driver(DropsWrongChecksums::new),
            "NET-050"),
        Mutant.of(
            "speaks-without-leave",
            "says that it verified checksums without agreement",
            NicVariation.driver(SpeaksWithoutLeave::new),
            "NET-005"),
        Mutant.of(
            "scatters-flows",
            "takes turns with its pairs",
            NicVariation.driver(ScattersFlows::new),
            "NET-021"),
        Mutant.of(
            "hashes-ports-always",
            "hashes the ports of flows whose addresses alone count",
            NicVariation.driver(HashesPortsAlways::new),
            "NET-060"),
        Mutant.of(
            "steers-by-half-the-table",
            "uses one entry of its table less",
            NicVariation.driver(SteersByHalfTheTable::new),
            "NET-059"),
        Mutant.of(
            "steering-lost-in-reset",
            "forgets its steering in a reset",
            NicVariation.driver(SteeringLostInReset::new),
            "NET-061"));
  }

  // no longer large

  private static final class TakesTooLongFrames extends BaseNicDriver {
    TakesTooLongFrames(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void arrive(byte[] frame) {
      if (frame.length > properties().maxFrameBytes()) {
        pairs.getFirst().receive(frame, 0);
      } else {
        super.arrive(frame);
      }
    }
  }

  private static final class FilterLeaksGroups extends BaseNicDriver {
    FilterLeaksGroups(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passesAddress(byte[] frame) {
      return destination(frame).isGroup() || super.passesAddress(frame);
    }
  }

  private static final class FilterHashesAddresses extends BaseNicDriver {
    FilterHashesAddresses(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passesAddress(byte[] frame) {
      long last = destination(frame).bits() & 0xff;
      return super.passesAddress(frame)
          || filter.addresses().stream().anyMatch(address -> (address.bits() & 0xff) == last);
    }
  }

  private static final class FilterDropsBroadcast extends BaseNicDriver {
    FilterDropsBroadcast(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passesAddress(byte[] frame) {
      return super.passesAddress(frame) && destination(frame).bits() != 0xffff_ffff_ffffL;
    }
  }

  private static final class VlanLeaksPriority extends BaseNicDriver {
    VlanLeaksPriority(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passesVlan(byte[] frame) {
      return super.passesVlan(frame) || frame[14] >>> 5 != 0;
    }
  }

  private static final class VlanDropsUntagged extends BaseNicDriver {
    VlanDropsUntagged(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    boolean passesVlan(byte[] frame) {
      return super.passesVlan(frame) && (filter.allVlans() || Layers.of(frame).vlan() != 0);
    }
  }

  private static final class FilterLostInReset extends BaseNicDriver {
    FilterLostInReset(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> reset() {
      filter = NicFilter.NONE;
      return super.reset();
    }
  }

  private static final class FiltersAtFirst extends BaseNicDriver {
    FiltersAtFirst(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void start() {
      filter = new NicFilter(Set.of(properties().address()), false, false, Set.of(), true);
      super.start();
    }
  }

  private static final class SaysVerifiedOfAll extends BaseNicDriver {
    SaysVerifiedOfAll(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    long word(byte[] frame) {
      boolean agreed = agreement.has(NicCapabilities.RECEIVE_CHECKSUM);
      return agreed && Layers.of(frame).hasTransport() ? NicOffload.valid() : super.word(frame);
    }
  }

  private static final class DropsWrongChecksums extends BaseNicDriver {
    DropsWrongChecksums(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public void arrive(byte[] frame) {
      if (!Layers.of(frame).hasTransport() || Checksums.areRight(frame)) {
        super.arrive(frame);
      }
    }
  }

  private static final class SpeaksWithoutLeave extends BaseNicDriver {
    SpeaksWithoutLeave(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    long word(byte[] frame) {
      return Checksums.areRight(frame) ? NicOffload.valid() : NicOffload.NONE;
    }
  }

  private static final class ScattersFlows extends BaseNicDriver {
    private int turn;

    ScattersFlows(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    int steer(byte[] frame) {
      return steering == null ? turn++ % pairs.size() : super.steer(frame);
    }
  }

  private static final class HashesPortsAlways extends BaseNicDriver {
    HashesPortsAlways(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    int steer(byte[] frame) {
      NicSteering chosen = steering;
      if (chosen == null || (chosen.types() & NicSteering.IPV4) == 0) {
        return super.steer(frame);
      }
      int more = chosen.types() | NicSteering.TCP4 | NicSteering.UDP4;
      return Toeplitz.queue(
          frame, new NicSteering(more, chosen.key(), chosen.table(), chosen.unclassified()));
    }
  }

  private static final class SteersByHalfTheTable extends BaseNicDriver {
    SteersByHalfTheTable(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    int steer(byte[] frame) {
      NicSteering chosen = steering;
      return chosen == null || chosen.table().size() < 2
          ? super.steer(frame)
          : Toeplitz.queue(
              frame,
              new NicSteering(
                  chosen.types(),
                  chosen.key(),
                  chosen.table().subList(0, chosen.table().size() / 2),
                  chosen.unclassified()));
    }
  }

  private static final class SteeringLostInReset extends BaseNicDriver {
    SteeringLostInReset(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker pairs) {
      super(agreement, host, wire, pairs);
    }

    @Override
    public CompletionStage<Void> reset() {
      steering = null;
      return super.reset();
    }
  }
}
