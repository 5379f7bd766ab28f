package org.tenon.tck.net.guest;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.guest.GuestShare;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.Trait;

/** Linux with the driver as its network card. */
@InTier(Tier.GUEST)
@ExtendWith(GuestShare.class)
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LinuxGuestTests extends NicTests {
  private static final int STORMS = 3;
  private static final int TOGGLES = 10;

  private GuestShare.@Nullable Keeper<LinuxCard> keeper;

  /** For the contract. */
  protected LinuxGuestTests() {}

  @BeforeEach
  final void meet(GuestShare.Keeper<LinuxCard> shared) {
    keeper = shared;
  }

  /** Does it in the shared guest, which serves the next test if this one passes. */
  private void inLinux(Consumer<CardChecks> work) {
    GuestShare.Keeper<LinuxCard> shared = keeper;
    if (shared == null) {
      throw new IllegalStateException("there is a guest only while a test runs");
    }
    LinuxCard card = shared.lend(() -> LinuxCard.boot(trial()));
    CardChecks checks = new CardChecks(trial(), card);
    work.accept(checks);
    checks.end();
    shared.giveBack();
  }

  @Test
  @Clause({"NET-079", "NET-088"})
  void linuxFindsTheCard() {
    inLinux(CardChecks::isFound);
  }

  @Test
  @Requires(Trait.CONVERSES)
  @Clause({"NET-080", "NET-088"})
  void pingsOfEveryLength() {
    inLinux(CardChecks::carriesEveryLength);
  }

  @Test
  @Requires(Trait.CONVERSES)
  @Clause({"NET-081", "NET-088"})
  void streamsBothWays() {
    inLinux(CardChecks::carriesStreams);
  }

  @Test
  @Requires(Trait.CONVERSES)
  @Clause({"NET-081", "NET-088"})
  void streamsBothWaysWithoutOffloads() {
    inLinux(CardChecks::carriesStreamsThatLinuxFinishes);
  }

  @Test
  @Requires(Trait.OBSERVED)
  @Clause({"NET-082", "NET-088"})
  void datagramsOnTheWire() {
    inLinux(CardChecks::isSeenOnTheWire);
  }

  @Test
  @Requires(Trait.CONVERSES_IN_VLANS)
  @Clause({"NET-083", "NET-088"})
  void stationsInVlans() {
    inLinux(CardChecks::keepsVlansApart);
  }

  @Test
  @Requires({Trait.CONVERSES, Trait.SEVERAL_PAIRS, "steering"})
  @Clause({"NET-084", "NET-088"})
  void streamsOverSeveralQueues() {
    inLinux(CardChecks::spreadsOverItsQueues);
  }

  @Test
  @Requires({Trait.LINK_CHANGES, "link-state"})
  @Clause({"NET-085", "NET-088"})
  void linkStormInLinux() {
    inLinux(CardChecks::outlivesItsLink);
  }

  @Test
  @Clause({"NET-086", "NET-088"})
  void driverStormOnTheCard() {
    inLinux(checks -> checks.outlivesItsDriver(STORMS));
  }

  @Test
  @Clause({"NET-086", "NET-088"})
  void cardBroughtDownAndUp() {
    inLinux(checks -> checks.outlivesBeingBroughtDown(TOGGLES));
  }

  @Test
  @Clause({"NET-087", "NET-088"})
  void removalOfTheCard() {
    inLinux(checks -> checks.outlivesRemoval(STORMS));
  }

  @Test
  @Clause({"NET-087", "NET-088"})
  void pulledOutCard() {
    inLinux(CardChecks::outlivesBeingPulled);
  }
}
