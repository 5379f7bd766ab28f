package org.tenon.tck.block.contract;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Requires;

/**
 * What a driver takes from an offer, and that it holds to it: what it took works, what it did not
 * is refused.
 */
public abstract class NegotiationTests extends BlockTests {
  private static final int OFFERS = 200;
  private static final Capability UNHEARD_OF = Capability.of("x-not-in-any-version");
  private static final ClauseId PURE = ClauseId.parse("BLK-002");

  /** For the contract. */
  protected NegotiationTests() {}

  @Test
  @KeepsData
  @Clause({"BLK-001", "BLK-002"})
  void agreementIsPartOfTheOffer() {
    RandomGenerator random = trial().random();
    for (int i = 0; i < OFFERS; i++) {
      BlockOffer offer = randomOffer(random);
      String first = answer(offer);
      String second = answer(offer);
      if (!first.equals(second)) {
        throw new ClauseViolated(
            PURE, "the same answer to the same " + offer, first + ", then " + second);
      }
    }
  }

  @Test
  @Clause("BLK-003")
  void smallestOffer() {
    Scratch scratch = trial().scratch();
    BlockOffer smallest = BlockOffer.of(Set.of(), 1, 1);
    try {
      Device device = trial().adopt(trial().harness(scratch.direct()).offer(smallest).open());
      byte[] data = device.data(trial().random(), 2);
      device.write(1, data);
      device.expectData(1, data);
    } catch (DriverException e) {
      String reason = e.getMessage();
      if (reason == null || reason.isBlank() || reason.lines().count() > 1) {
        throw trial()
            .violation("a refusal that says in one line what is needed", "it said: " + reason, e);
      }
    }
  }

  @Test
  @KeepsData
  @Clause("BLK-004")
  void unknownCapabilityIsIgnored() throws DriverException {
    Set<Capability> more = new TreeSet<>(BlockCapabilities.ALL);
    more.add(UNHEARD_OF);
    BlockAgreement plain =
        subject().factory().negotiate(BlockOffer.of(BlockCapabilities.ALL, 4, 64));
    BlockAgreement odd = subject().factory().negotiate(BlockOffer.of(more, 4, 64));
    if (!plain.toString().equals(odd.toString())) {
      throw trial()
          .violation(
              "the same agreement with and without an unknown capability", plain + " and " + odd);
    }
  }

  @Test
  @Clause("BLK-005")
  void undeclaredIsUnsupported() {
    Scratch scratch = trial().scratch();
    for (Capability withheld : BlockCapabilities.ALL) {
      Set<Capability> offered = new TreeSet<>(BlockCapabilities.ALL);
      offered.remove(withheld);
      expectHonesty(scratch, offered);
    }
    expectHonesty(scratch, Set.of());
    expectHonesty(scratch, BlockCapabilities.ALL);
  }

  @Test
  @Clause("BLK-006")
  void unknownOperationIsUnsupported() {
    Device device = trial().open();
    byte[] before = device.data(trial().random(), 4);
    device.write(0, before);
    for (int operation :
        new int[] {0, 6, 7, 255, 65_536, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      device.expect(BlockRequest.of(operation, 0, 2), Status.UNSUPPORTED);
      device.expectData(0, before);
    }
  }

  @Test
  @Clause("BLK-007")
  void declaredWorks() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (Capability capability : device.agreement().capabilities()) {
      byte[] data = device.data(random, 4);
      device.write(8, data);
      if (capability.equals(BlockCapabilities.FLUSH)) {
        device.ok(BlockRequest.flush());
      } else if (capability.equals(BlockCapabilities.FUA)) {
        device.ok(device.harness().writing(8, data).fua());
      } else if (capability.equals(BlockCapabilities.DISCARD)) {
        device.ok(BlockRequest.discard(0, 4));
      } else if (capability.equals(BlockCapabilities.WRITE_ZEROES)) {
        device.ok(BlockRequest.writeZeroes(0, 4));
      }
      device.expectData(8, data);
    }
  }

  @Test
  @Clause("BLK-008")
  void unknownFlagsAreIgnored() {
    Device device = trial().open();
    byte[] data = device.data(trial().random(), 2);
    for (int bit = 2; bit < 32; bit++) {
      device.ok(device.harness().writing(bit, data).flags(1 << bit));
      byte[] read = device.ok(BlockRequest.read(bit, 2).flags(1 << bit)).memory();
      device.expectSame(trial().about(), bit, data, read);
    }
  }

  @Test
  @KeepsData
  @Requires("flush")
  @Clause("BLK-075")
  void takesFuaWithFlush() {
    if (!trial().open().agreement().has(BlockCapabilities.FUA)) {
      throw trial().violation("FUA is taken with flush", "only flush was taken");
    }
  }

  @Test
  @KeepsData
  @Clause("BLK-076")
  void usesSeveralQueues() {
    if (trial().open().agreement().queues() < 2) {
      throw trial().violation("more than one of four queues", "one was taken");
    }
  }

  private void expectHonesty(Scratch scratch, Set<Capability> offered) {
    try (var harness =
        trial().harness(scratch.direct()).offer(BlockOffer.of(offered, 2, 16)).open()) {
      Device device = trial().adopt(harness);
      byte[] before = device.data(trial().random(), 4);
      device.write(0, before);
      if (!device.agreement().has(BlockCapabilities.FLUSH)) {
        device.expect(BlockRequest.flush(), Status.UNSUPPORTED);
      }
      if (!device.agreement().has(BlockCapabilities.DISCARD)) {
        device.expect(BlockRequest.discard(0, 2), Status.UNSUPPORTED);
      }
      if (!device.agreement().has(BlockCapabilities.WRITE_ZEROES)) {
        device.expect(BlockRequest.writeZeroes(0, 2), Status.UNSUPPORTED);
        device.expect(BlockRequest.writeZeroes(0, 2).mayUnmap(), Status.UNSUPPORTED);
      }
      device.expectData(0, before);
    } catch (DriverException e) {
      // A driver may need what this offer withholds; then there is nothing that it could be
      // dishonest about.
      if (offered.containsAll(BlockCapabilities.ALL)) {
        throw trial()
            .violation(
                "an agreement when everything is offered", "it refused: " + e.getMessage(), e);
      }
    }
  }

  private String answer(BlockOffer offer) {
    try {
      BlockAgreement agreement = subject().factory().negotiate(offer);
      if (!agreement.isWithin(offer) || agreement.queues() < 1 || agreement.queueDepth() < 1) {
        throw trial().violation("part of the " + offer, "it answered with the " + agreement);
      }
      return agreement.toString();
    } catch (DriverException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static BlockOffer randomOffer(RandomGenerator random) {
    Set<Capability> offered = new TreeSet<>();
    List<Capability> all = List.copyOf(BlockCapabilities.ALL);
    for (Capability capability : all) {
      if (random.nextBoolean()) {
        offered.add(capability);
      }
    }
    if (random.nextInt(4) == 0) {
      offered.add(UNHEARD_OF);
    }
    return BlockOffer.of(offered, random.nextInt(1, 9), 1 << random.nextInt(0, 11));
  }
}
