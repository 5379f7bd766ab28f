package org.tenon.tck.vswitch.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchedFrame;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.DriverException;
import org.tenon.tck.core.Clause;
import org.tenon.tck.vswitch.trial.SwitchTests;
import org.tenon.tck.vswitch.trial.Traffic;

/** One frame after the other. */
public abstract class FrameTests extends SwitchTests {
  private static final int FRAMES = 1000;

  /** For the contract. */
  protected FrameTests() {}

  /** The checking switch sees what throws. */
  @Test
  @Clause({"SWX-003", "DRV-013"})
  void everyFrameIsTaken() {
    SwitchHarness lan = trial().open();
    trial().traffic().pass(lan, FRAMES);
    List<Integer> all = List.copyOf(lan.ports().keySet());
    for (int value : new int[] {0, 1, 0x80, 0xff}) {
      for (int length : new int[] {14, 17, 18, 60, 65_557}) {
        byte[] octets = new byte[length];
        Arrays.fill(octets, (byte) value);
        for (int vlan : new int[] {0, 1, 4094}) {
          lan.forward(all.getFirst(), SwitchedFrame.of(octets, vlan), all);
          lan.forward(all.getLast(), SwitchedFrame.of(octets, vlan), List.of());
        }
      }
    }
  }

  /** The checking switch sees whoever looks at a view too late, in a later call or on a timer. */
  @Test
  @Clause("SWX-001")
  void viewsAreForTheCallAlone() throws DriverException {
    VirtualClock clock = new VirtualClock();
    SwitchHarness lan = trial().adopt(trial().harness().clock(clock).openOnly());
    trial().connect(lan);
    lan.start();
    for (int round = 0; round < 20; round++) {
      trial().traffic().pass(lan, 20);
      clock.advance(Duration.ofSeconds(10));
    }
    lan.quiesce();
    clock.advance(Duration.ofMinutes(10));
  }

  @Test
  @Clause("SWX-002")
  void aFrameAllocatesNothing() {
    SwitchHarness lan = trial().open();
    Traffic traffic = trial().traffic();
    List<Integer> all = List.copyOf(lan.ports().keySet());
    List<String> found = new ArrayList<>();
    for (int kind = 0; kind < 4; kind++) {
      Traffic.Entry entry = traffic.next(all);
      double bytes = lan.allocatedPerFrame(entry.port(), entry.frame(), entry.decided());
      found.add("%s: %.1f bytes".formatted(entry.frame(), bytes));
      if (bytes >= 1) {
        throw trial().violation("forward allocates nothing", found.getLast());
      }
    }
    trial().evidence().note("allocated for a frame", String.join("; ", found));
  }
}
