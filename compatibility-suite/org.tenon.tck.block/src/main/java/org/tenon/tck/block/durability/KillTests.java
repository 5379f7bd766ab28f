package org.tenon.tck.block.durability;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.BlockHistory;
import org.tenon.kit.testing.storage.NbdProxy;
import org.tenon.kit.testing.storage.PowerCutOracle;
import org.tenon.kit.testing.storage.StorageFaults;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageGate;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.durability.KillRun.End;
import org.tenon.tck.block.durability.KillRun.Killed;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Level;

/** Kills: of the process that runs the driver, and of the server behind it. */
@AtLevel(Level.L2)
public abstract class KillTests extends BlockTests {
  private static final int MOST_KILLS = 16;
  private static final int REPLAYED_KILLS = 3;

  /** For the contract. */
  protected KillTests() {}

  @Test
  @Clause("BLK-058")
  void killAtEveryOp() throws Exception {
    try (KillRun run = new KillRun(trial())) {
      int kills = 0;
      Killed killed = run.killAtAccess(0);
      boolean seen = killed.end() == End.KILLED;
      while (killed.end() == End.KILLED && kills < MOST_KILLS) {
        run.check(
            trial().about(),
            killed.history(),
            "after a kill at access %d to the storage".formatted(kills));
        kills++;
        killed = run.killAtAccess(kills);
      }
      for (int request = 0; !seen && request < run.requests(); request++) {
        run.check(
            trial().about(),
            run.killAtRequest(request).history(),
            "after a kill at request " + request);
        kills++;
      }
      trial()
          .evidence()
          .note(
              "kills of the process",
              kills + (seen ? ", one at each access to the storage" : ", one at each request"));
    }
  }

  /**
   * Whoever was killed is asked again for what it had not acknowledged; later writes stay on top,
   * also after a new start.
   */
  @Test
  @Clause("BLK-059")
  void inFlightReplayOnce() throws Exception {
    try (KillRun run = new KillRun(trial())) {
      for (int access : IntStream.range(0, REPLAYED_KILLS).map(i -> 2 + 3 * i).toArray()) {
        Killed killed = run.killAtAccess(access);
        replay(run, killed.unanswered(), "after a kill at access " + access);
      }
      killServer(run);
    }
  }

  private void replay(KillRun run, List<BlockRequest> unanswered, String when) {
    Device device = trial().open(trial().harness(run.scratch().direct()).offer(KillScript.OFFER));
    device.await(device.harness().submit(0, unanswered));
    byte[] later = device.data(trial().random(), KillScript.BLOCKS);
    device.write(0, later);
    device.expectData(0, later);
    device.close();
    for (int opening = 0; opening < 2; opening++) {
      Device again = trial().open(trial().harness(run.scratch().direct()).offer(KillScript.OFFER));
      byte[] found = again.read(0, KillScript.BLOCKS);
      if (!java.util.Arrays.equals(found, later)) {
        throw trial()
            .violation(
                "the last write of each block is there",
                when + ", a replay and a new start it is not");
      }
      again.close();
    }
  }

  /**
   * The server goes and comes back while requests are in flight; what was acknowledged is there.
   */
  private void killServer(KillRun run) throws Exception {
    Ticks ticks = new Ticks();
    try (Observed observed = run.scratch().observe(ticks)) {
      if (!(observed.storage() instanceof NbdProxy proxy)) {
        return;
      }
      BlockHistory history = new BlockHistory(ticks);
      Device device =
          trial().open(trial().harness(observed.reach()).observer(history).offer(KillScript.OFFER));
      int size = device.geometry().logicalBlockSize();
      byte[] initial = device.read(0, KillScript.BLOCKS);
      Workload workload =
          new Workload(trial().random(), size, KillScript.BLOCKS, device.agreement().queues());
      for (int access : List.of(1, 4, 9)) {
        StorageGate gate =
            proxy.faults().stall(StorageFaults.nth(StorageFaults.each(Operation.WRITE), access, 1));
        List<Submission> submitted = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          submitted.add(
              device.harness().submit(i % device.agreement().queues(), workload.write(3)));
        }
        if (!gate.awaitArrivals(1, java.time.Duration.ofSeconds(10))) {
          throw trial().violation("writes reach the server", "none came in 10 s");
        }
        proxy.restartServer();
        proxy.faults().clear();
        submitted.forEach(Submission::await);
        submitted = device.harness().submit(0, List.of(workload.write(3), workload.write(3)));
        submitted.forEach(Submission::await);
      }
      BlockAgreement everyWriteCounts = BlockOffer.of(Set.of(), 1, 1).accept().build();
      PowerCutOracle oracle = new PowerCutOracle(history, everyWriteCounts, size, initial);
      run.check(
          trial().about(),
          device,
          oracle,
          ticks.next(),
          "after the server was killed and started again");
      device.close();
    }
  }
}
