package org.tenon.tck.vswitch.contract;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchVerdict;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.tck.core.Clause;
import org.tenon.tck.vswitch.trial.SwitchTests;
import org.tenon.tck.vswitch.trial.Traffic;

/** From open to close, with the pauses between. */
public abstract class LifeCycleTests extends SwitchTests {
  private static final int FRAMES = 200;

  /** For the contract. */
  protected LifeCycleTests() {}

  /** The checking host asks for health and migration at each change of state, and compares. */
  @Test
  @Clause({"DRV-006", "DRV-007"})
  void answersInEveryState() {
    SwitchHarness lan = trial().openOnly();
    trial().connect(lan);
    lan.health();
    trial().start(lan);
    trial().evidence().note("migration", lan.migration().getClass().getSimpleName());
    List<Runnable> steps =
        List.of(
            lan::quiesce,
            lan::resume,
            lan::reset,
            () -> trial().traffic().pass(lan, 20),
            lan::quiesce);
    for (Runnable step : steps) {
      step.run();
      lan.health();
    }
  }

  @Test
  @Clause("DRV-008")
  void closeInEveryState() {
    trial().openOnly().close();
    trial().open().close();
    SwitchHarness resting = trial().open();
    resting.quiesce();
    resting.close();
    SwitchHarness reset = trial().open();
    reset.reset();
    reset.close();
  }

  @Test
  @Clause("DRV-009")
  void nothingIsLeftAfterClose() {
    for (int round = 0; round < 8; round++) {
      SwitchHarness lan = trial().open();
      trial().traffic().pass(lan, 20 + 20 * round);
      lan.close();
    }
  }

  @Test
  @Clause({"SWX-010", "DRV-010", "DRV-011"})
  void aPauseChangesNoDecision() {
    SwitchHarness through = trial().open();
    Traffic traffic = trial().traffic();
    traffic.pass(through, FRAMES);
    List<SwitchVerdict> expected = traffic.pass(through, FRAMES);
    SwitchHarness paused = trial().open();
    Traffic same = trial().traffic();
    same.pass(paused, FRAMES);
    paused.quiesce();
    paused.resume();
    trial().expectSame("what is decided after a pause", expected, same.pass(paused, FRAMES));
  }

  @Test
  @Clause({"SWX-011", "DRV-012"})
  void aResetIsAFreshStart() {
    SwitchHarness used = trial().open();
    Traffic other = trial().traffic();
    other.frame();
    other.pass(used, FRAMES);
    used.reset();
    SwitchHarness fresh = trial().open();
    List<SwitchVerdict> expected = trial().traffic().pass(fresh, FRAMES);
    trial()
        .expectSame(
            "what is decided after a reset", expected, trial().traffic().pass(used, FRAMES));
  }

  @Test
  @Clause({"SWX-014", "DRV-016"})
  void aRestoredExtensionDecidesAlike() throws IOException, DriverException {
    SwitchHarness first = trial().open();
    Traffic traffic = trial().traffic();
    traffic.pass(first, FRAMES);
    first.quiesce();
    switch (first.migration()) {
      case Migration.Refused refused -> {
        if (refused.reason().isBlank() || refused.reason().lines().count() != 1) {
          throw trial().violation("a reason in one line", "it says: " + refused.reason());
        }
      }
      case Migration.Stateless stateless -> {}
      case Migration.Stateful stateful -> {
        byte[] state = first.save();
        SwitchHarness second = trial().openOnly();
        trial().connect(second);
        second.restore(stateful.version(), state);
        trial().start(second);
        first.resume();
        Traffic same = trial().traffic();
        for (int i = 0; i < FRAMES; i++) {
          same.next(List.copyOf(second.ports().keySet()));
        }
        trial()
            .expectSame(
                "what the other decides", traffic.pass(first, FRAMES), same.pass(second, FRAMES));
      }
    }
  }
}
