package org.tenon.tck.vswitch.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchVerdict;
import org.tenon.kit.testing.SwitchedFrame;
import org.tenon.spi.net.vswitch.SwitchPort;
import org.tenon.tck.core.Clause;
import org.tenon.tck.vswitch.trial.SwitchTests;
import org.tenon.tck.vswitch.trial.Traffic;

/** Several ports, and several switches, at one time. */
public abstract class ConcurrencyTests extends SwitchTests {
  private static final int ROUNDS = 100;
  private static final int FRAMES = 200;

  /** For the contract. */
  protected ConcurrencyTests() {}

  /** A frame on its way by a port. */
  private record OnTheWay(int port, CompletableFuture<SwitchVerdict> verdict) {}

  /** The checking switch sees what throws and what does not return. */
  @Test
  @Clause({"SWX-007", "SWX-009", "DRV-017", "DRV-019"})
  void framesOfAllPortsAtOnceWhileOthersComeAndGo() {
    SwitchHarness lan = trial().open();
    Traffic traffic = trial().traffic();
    List<Integer> ports = List.copyOf(lan.ports().keySet());
    for (int round = 0; round < ROUNDS; round++) {
      List<OnTheWay> all = new ArrayList<>();
      for (int again = 0; again < 4; again++) {
        for (int port : ports) {
          SwitchedFrame frame = traffic.frame();
          all.add(new OnTheWay(port, lan.enter(port, frame, ports)));
        }
      }
      SwitchPort visitor = lan.addPort("visitor", round % 2 == 0, 0);
      trial().mustDecide(() -> all.forEach(one -> lan.await(one.port(), one.verdict())));
      lan.removePort(visitor.number());
    }
  }

  @Test
  @Clause({"SWX-012", "DRV-020"})
  void severalSwitchesShareNothing() {
    SwitchHarness alone = trial().open();
    List<SwitchVerdict> expected = trial().traffic().pass(alone, FRAMES);
    SwitchHarness quiet = trial().open();
    SwitchHarness busy = trial().open();
    Traffic other = trial().traffic();
    other.frame();
    other.pass(busy, 2 * FRAMES);
    trial().expectSame("what is decided", expected, trial().traffic().pass(quiet, FRAMES));
    busy.close();
    SwitchHarness last = trial().open();
    trial().expectSame("what is decided", expected, trial().traffic().pass(last, FRAMES));
  }
}
