package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockQueue;

/** Leads one block driver through its life. */
final class BlockControl extends DriverControl<BlockDriver> {
  private final BlockRig rig;
  private final BlockIdentity identity;
  private final List<BlockQueue> queues = new ArrayList<>();

  private BlockControl(BlockRig rig, BlockDriver driver, BlockObserver observer) {
    super(rig, driver, observer::entered);
    this.rig = rig;
    this.identity = ask("identity", driver::identity);
    rig.host().expect(ask("geometry", driver::geometry));
    for (int queue : rig.queues()) {
      queues.add(ask("queue", () -> driver.queue(queue)));
    }
    probe();
  }

  static BlockControl open(
      BlockDriverFactory factory, HarnessOptions options, BlockRig rig, BlockObserver observer)
      throws DriverException {
    return open(
        rig,
        factory,
        options,
        config -> factory.open(rig.agreement(), config, rig.host()),
        driver -> new BlockControl(rig, driver, observer));
  }

  @Override
  void serve() {
    rig.run(driver());
  }

  @Override
  void probeClass() {
    expectSame(
        BlockClauses.IDENTITY_CONSTANT, "identity", identity, ask("identity", driver()::identity));
    expectSame(
        BlockClauses.GEOMETRY_CONSTANT,
        "geometry",
        rig.geometry(),
        ask("geometry", driver()::geometry));
    for (int queue : rig.queues()) {
      expectSameObject(
          BlockClauses.QUEUES_CONSTANT,
          "queue " + queue,
          queues.get(queue),
          ask("queue", () -> driver().queue(queue)));
    }
  }

  @Override
  void reportForgotten(Rest rest) {
    ClauseId clause =
        switch (rest) {
          case QUIESCE -> DriverClauses.QUIESCE_COMPLETES;
          case RESET -> DriverClauses.RESET_COMPLETES;
          case CLOSE -> BlockClauses.CLOSE_COMPLETES;
        };
    for (Submission submission : rig.inFlight()) {
      String why =
          "%s ended, but %s is not completed; it was submitted at %s"
              .formatted(rest, submission.request(), submission.origin());
      rig.services().faults().report(clause, Fault.Kind.FORGOT, submission, why);
      submission.fail(why);
    }
  }
}
