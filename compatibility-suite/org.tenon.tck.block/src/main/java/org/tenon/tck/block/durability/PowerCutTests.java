package org.tenon.tck.block.durability;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/**
 * Power cuts: what was acknowledged as durable is there, whole, and nothing is there that was never
 * written.
 */
public abstract class PowerCutTests extends BlockTests {
  private static final int QUEUES = 4;
  private static final int DEPTH = 32;
  private static final BlockOffer EVERYTHING = BlockOffer.of(BlockCapabilities.ALL, QUEUES, DEPTH);

  /** For the contract. */
  protected PowerCutTests() {}

  private PowerCutRun run(String name, BlockOffer offer) {
    return PowerCutRun.begin(trial(), name, offer)
        .orElseThrow(
            () -> trial().violation("the driver opens when everything is offered", "it refused"));
  }

  /** Writes on some queues, then a flush on another, which nobody wrote to since its last. */
  @Test
  @Clause({"BLK-038", "BLK-043", "DRV-021"})
  @Requires("flush")
  void flushSurvivesPowerCut() {
    PowerCutRun run = run("flush", EVERYTHING);
    Workload workload = run.workload(48);
    for (int round = 0; round < 6; round++) {
      workload
          .on(round, workload.write(4))
          .on(round, workload.write(1))
          .on(round + 1, BlockRequest.flush());
      workload
          .together(workload.write(3), workload.write(3), workload.write(3))
          .together(BlockRequest.flush());
    }
    workload.together(workload.write(8), workload.write(8));
    run.verify(workload);
  }

  @Test
  @Clause({"BLK-039", "BLK-043"})
  @Requires("fua")
  void fuaWithoutFlush() {
    PowerCutRun run = run("FUA", EVERYTHING);
    Workload workload = run.workload(32);
    for (int round = 0; round < 8; round++) {
      workload.together(workload.write(4)).together(workload.write(4).fua());
      workload.together(workload.write(2), workload.write(2).fua(), workload.write(2));
    }
    run.verify(workload);
  }

  /** A driver that will not work without a cache may refuse; it then promises nothing. */
  @Test
  @Clause({"BLK-040", "BLK-043"})
  void withoutFlushEveryWriteIsDurable() {
    Optional<PowerCutRun> run =
        PowerCutRun.begin(trial(), "no cache", BlockOffer.of(Set.of(), QUEUES, DEPTH));
    if (run.isPresent()) {
      Workload workload = run.get().workload(32);
      for (int round = 0; round < 10; round++) {
        workload.together(workload.write(4)).together(workload.write(2), workload.write(2));
      }
      run.get().verify(workload);
    }
  }

  @Test
  @Clause("BLK-041")
  @Requires({"flush", "write-zeroes"})
  void flushedWriteZeroesSurvivePowerCut() {
    PowerCutRun run = run("write-zeroes", EVERYTHING);
    Workload workload = run.workload(32);
    for (int round = 0; round < 6; round++) {
      workload.together(workload.write(6), workload.write(6)).together(BlockRequest.flush());
      workload
          .together(workload.zeroes(6), workload.zeroes(6).mayUnmap())
          .on(round, BlockRequest.flush());
      workload.together(workload.write(2));
    }
    run.verify(workload);
  }

  @Test
  @Clause({"BLK-041", "BLK-045"})
  @Requires({"flush", "discard"})
  void flushedDiscardsSurvivePowerCut() {
    PowerCutRun run = run("discard", EVERYTHING);
    Workload workload = run.workload(32);
    for (int round = 0; round < 6; round++) {
      workload.together(workload.write(6), workload.write(6)).together(workload.write(6));
      workload.discardAndLook(8).on(round, BlockRequest.flush());
      workload.discardAndLook(4).together(workload.write(2));
    }
    run.verify(workload);
  }

  @Test
  @Clause("BLK-051")
  @Requires({"fua", "write-zeroes"})
  void fuaWriteZeroesSurvivePowerCut() {
    PowerCutRun run = run("write-zeroes with FUA", EVERYTHING);
    Workload workload = run.workload(32);
    for (int round = 0; round < 6; round++) {
      workload.together(workload.write(6)).together(workload.zeroes(6).fua());
      workload.together(workload.zeroes(3), workload.zeroes(3).fua());
    }
    run.verify(workload);
  }

  /** Long writes over one another, torn at every sector. */
  @Test
  @Clause({"BLK-042", "BLK-043"})
  void tornSectorDetect() {
    PowerCutRun run = run("torn writes", EVERYTHING);
    Workload workload = run.workload(40);
    for (int round = 0; round < 10; round++) {
      workload.together(workload.write(16), workload.write(16), workload.write(16));
      if (round % 4 == 3 && run.device().agreement().has(BlockCapabilities.FLUSH)) {
        workload.together(BlockRequest.flush());
      }
    }
    run.verify(workload);
  }
}
