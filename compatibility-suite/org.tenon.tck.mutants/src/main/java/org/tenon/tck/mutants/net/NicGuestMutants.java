package org.tenon.tck.mutants.net;

import java.util.List;
import org.tenon.tck.mutants.GuestMutants.Case;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.net.packet.Layers;

/**
 * Drivers that fail an operating system: they look into frames that the tests of the other tiers
 * have no reason to send. Each names the test that must catch it, so that a run boots once for
 * each.
 */
public final class NicGuestMutants {
  private static final int TYPE_AT = 12;
  private static final int ARP = 0x0806;
  private static final int FRAGMENT_AT = 20;
  private static final int FRAGMENT_OFFSET = 0x1fff;

  private NicGuestMutants() {}

  /** All of them. */
  public static List<Case> all() {
    return List.of(
        new Case(
            Mutant.of(
                "answers-no-questions",
                "keeps ARP questions to itself, as one that answers them for others would",
                NicVariation.pair(KeepsQuestions::new),
                "NET-081"),
            "StreamsBothWays"),
        new Case(
            Mutant.of(
                "first-fragment-only",
                "drops every fragment of a packet but the first",
                NicVariation.pair(DropsFragments::new),
                "NET-080"),
            "PingsOfEveryLength"));
  }

  private static int word(byte[] frame, int at) {
    return frame.length < at + 2 ? 0 : (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
  }

  /** See answers-no-questions. */
  private static final class KeepsQuestions extends BaseNicPair {
    KeepsQuestions(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      return word(frame, TYPE_AT) == ARP ? List.of() : super.finish(frame, offload);
    }
  }

  /** See first-fragment-only. */
  private static final class DropsFragments extends BaseNicPair {
    DropsFragments(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      boolean later =
          word(frame, TYPE_AT) == Layers.IPV4 && (word(frame, FRAGMENT_AT) & FRAGMENT_OFFSET) != 0;
      return later ? List.of() : super.finish(frame, offload);
    }
  }
}
