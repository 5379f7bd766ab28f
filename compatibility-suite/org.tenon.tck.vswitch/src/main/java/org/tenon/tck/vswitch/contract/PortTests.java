package org.tenon.tck.vswitch.contract;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchVerdict;
import org.tenon.spi.net.vswitch.SwitchPort;
import org.tenon.tck.core.Clause;
import org.tenon.tck.vswitch.trial.SwitchTests;

/** Ports that come and go. */
public abstract class PortTests extends SwitchTests {
  private static final int FRAMES = 200;
  private static final int MOST = 64;

  /** For the contract. */
  protected PortTests() {}

  @Test
  @Clause("SWX-004")
  void portsThatComeLaterAreDecidedOnAlike() {
    SwitchHarness before = trial().open();
    SwitchHarness after = trial().openOnly();
    trial().start(after);
    trial().connect(after);
    List<SwitchVerdict> expected = trial().traffic().pass(before, FRAMES);
    trial().expectSame("what is decided", expected, trial().traffic().pass(after, FRAMES));
  }

  @Test
  @Clause("SWX-005")
  void everyNumberMayBeAPorts() {
    SwitchHarness lan = trial().open();
    for (int i = lan.ports().size(); i < MOST; i++) {
      lan.addPort("port" + i, i % 5 == 0, i % 3 == 0 ? i : 0);
    }
    trial().mustDecide(() -> trial().traffic().pass(lan, 2 * FRAMES));
  }

  /** The checking switch sees what is sent to a port that is gone. */
  @Test
  @Clause("SWX-006")
  void aPortThatIsGoneGetsNothing() {
    SwitchHarness lan = trial().open();
    for (SwitchPort port : List.copyOf(lan.ports().values())) {
      trial().traffic().pass(lan, FRAMES / 4);
      lan.removePort(port.number());
      trial().traffic().pass(lan, FRAMES / 4);
      lan.addPort("stranger" + port.number(), false, 0);
      trial().traffic().pass(lan, FRAMES / 4);
    }
  }
}
