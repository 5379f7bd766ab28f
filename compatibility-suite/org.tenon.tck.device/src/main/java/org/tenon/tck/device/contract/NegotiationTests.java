package org.tenon.tck.device.contract;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.DeviceTrial;

/** What a driver takes from an offer, and that it holds to it. */
public abstract class NegotiationTests extends DeviceTests {
  private static final int OFFERS = 200;
  private static final Capability UNHEARD_OF = Capability.of("x-not-in-any-version");
  private static final ClauseId PURE = ClauseId.parse("DEV-002");

  /** For the contract. */
  protected NegotiationTests() {}

  @Test
  @Clause({"DEV-001", "DEV-002"})
  void agreementIsPartOfTheOffer() {
    RandomGenerator random = trial().random();
    for (int i = 0; i < OFFERS; i++) {
      DeviceOffer offer = randomOffer(random);
      String first = answer(offer);
      String second = answer(offer);
      if (!first.equals(second)) {
        throw new ClauseViolated(
            PURE, "the same answer to the same " + offer, first + ", then " + second);
      }
    }
  }

  @Test
  @Clause("DEV-003")
  void smallestOffer() {
    openOn(DeviceOffer.of(Set.of(), 1, 1, 4096));
  }

  @Test
  @Clause("DEV-004")
  void unknownCapabilityIsIgnored() throws DriverException {
    Set<Capability> more = new TreeSet<>(DeviceCapabilities.ALL);
    more.add(UNHEARD_OF);
    DeviceAgreement plain = subject().factory().negotiate(DeviceTrial.EVERYTHING);
    DeviceAgreement odd = subject().factory().negotiate(DeviceOffer.of(more, 32, 64, 256L << 20));
    trial().expectSame("the agreement", plain.toString(), odd.toString());
  }

  /** Every capability withheld in turn, and all: what was not agreed is not used. */
  @Test
  @Clause({"DEV-013", "DEV-014", "DEV-015"})
  void whatWasNotAgreedIsNotUsed() {
    for (Capability withheld : DeviceCapabilities.ALL) {
      Set<Capability> offered = new TreeSet<>(DeviceCapabilities.ALL);
      offered.remove(withheld);
      openOn(DeviceOffer.of(offered, 4, 64, 256L << 20));
    }
    openOn(DeviceTrial.EVERYTHING);
  }

  @Test
  @Clause({"DEV-005", "DEV-006"})
  void functionIsTheSameInEveryState() {
    // The checking host compares at each change of state.
    DeviceHarness device = trial().open();
    trial().evidence().note("function", device.function().toString());
    trial().evidence().note("agreement", device.agreement().toString());
    device.quiesce();
    device.resume();
    device.reset();
    trial().guest(device).poke(50);
    device.quiesce();
  }

  /** Opens on an offer and has a guest at it; a refusal says in one line what is needed. */
  private void openOn(DeviceOffer offer) {
    try {
      DeviceHarness device = trial().adopt(trial().harness().offer(offer).open());
      device.setBusMaster(true);
      device.setMessages(true);
      trial().guest(device).poke(200);
    } catch (DriverException e) {
      String reason = e.getMessage();
      if (reason == null || reason.isBlank() || reason.lines().count() > 1) {
        throw trial()
            .violation("a refusal that says in one line what is needed", "it said: " + reason, e);
      }
      if (offer.capabilities().containsAll(DeviceCapabilities.ALL)) {
        throw trial()
            .violation("an agreement when everything is offered", "it refused: " + reason, e);
      }
    }
  }

  private String answer(DeviceOffer offer) {
    try {
      DeviceAgreement agreement = subject().factory().negotiate(offer);
      if (!agreement.isWithin(offer) || agreement.vectors() < 1) {
        throw trial().violation("part of the " + offer, "it answered with the " + agreement);
      }
      return agreement.toString();
    } catch (DriverException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static DeviceOffer randomOffer(RandomGenerator random) {
    Set<Capability> offered = new TreeSet<>();
    for (Capability capability : List.copyOf(DeviceCapabilities.ALL)) {
      if (random.nextBoolean()) {
        offered.add(capability);
      }
    }
    if (random.nextInt(4) == 0) {
      offered.add(UNHEARD_OF);
    }
    return DeviceOffer.of(
        offered, random.nextInt(1, 64), random.nextInt(1, 9), 4096L << random.nextInt(0, 17));
  }
}
