package org.tenon.tck.block.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Requires;

/**
 * From open to close, with the pauses between. The checking host asks the same questions in every
 * state on its own.
 */
public abstract class LifeCycleTests extends BlockTests {
  /** For the contract. */
  protected LifeCycleTests() {}

  @Test
  @KeepsData
  @Clause({"DRV-006", "DRV-007"})
  void answersInEveryState() throws DriverException {
    BlockHarness harness = trial().harness(trial().scratch().direct()).openOnly();
    Device device = trial().adopt(harness);
    expectHealth(harness);
    harness.start();
    expectHealth(harness);
    harness.quiesce();
    expectHealth(harness);
    harness.resume();
    harness.reset();
    expectHealth(harness);
    device.read(0, 1);
  }

  @Test
  @KeepsData
  @Clause("DRV-008")
  void closeInEveryState() throws DriverException {
    Reach reach = trial().scratch().direct();
    BlockHarness opened = trial().harness(reach).openOnly();
    trial().adopt(opened);
    opened.close();
    Device running = trial().open(reach);
    running.close();
    Device quiesced = trial().open(reach);
    quiesced.harness().quiesce();
    quiesced.close();
    Device reset = trial().open(reach);
    reset.harness().reset();
    reset.close();
  }

  @Test
  @Clause("DRV-009")
  void nothingIsLeftAfterClose() {
    Reach reach = trial().scratch().direct();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 8; round++) {
      Device device = trial().open(reach);
      device.await(writes(device, random, 64));
      device.close();
    }
  }

  @Test
  @Clause({"DRV-010", "DRV-011"})
  void quiesceAndResume() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 10; round++) {
      List<Submission> before = writes(device, random, 100);
      device.harness().quiesce();
      if (!device.harness().inFlight().isEmpty()) {
        throw trial()
            .violation(
                "nothing in flight when quiesce ends",
                device.harness().inFlight().size() + " requests are");
      }
      device.harness().resume();
      device.await(before);
      device.await(writes(device, random, 10));
    }
  }

  @Test
  @Clause("DRV-013")
  void nothingMakesItThrow() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    List<Submission> nonsense = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      BlockRequest request =
          BlockRequest.of(random.nextInt(-1, 8), random.nextLong(), random.nextInt(0, 1 << 20));
      nonsense.add(
          device
              .harness()
              .submit(0, request.segments(random.nextInt(1, 5000)).flags(random.nextInt())));
    }
    nonsense.forEach(Submission::await);
    byte[] data = device.data(random, 1);
    device.write(0, data);
    device.expectData(0, data);
  }

  @Test
  @KeepsData
  @Clause("DRV-014")
  void settingsThatCannotWorkAreRefused() {
    for (Reach hopeless : subject().storage().hopeless(trial().folder())) {
      try {
        BlockHarness opened = trial().harness(hopeless).open();
        trial().adopt(opened);
        throw trial()
            .violation("open or start refuses " + hopeless.settings(), "the driver opened");
      } catch (DriverException e) {
        String reason = e.getMessage();
        if (reason == null || reason.isBlank() || reason.lines().count() != 1) {
          throw trial().violation("a reason in one line", "it said: " + reason, e);
        }
      }
    }
  }

  @Test
  @KeepsData
  @Requires(Trait.SECRET_SETTING)
  @Clause("DRV-015")
  void secretsAreKept() {
    Reach reach = trial().scratch().direct();
    for (ConfigKey key : subject().factory().configKeys()) {
      if (key.secret() && !reach.settings().containsKey(key.name())) {
        reach = reach.with(Map.of(key.name(), "tenon-secret-" + trial().seed()));
      }
    }
    try {
      // The checking host looks for the secrets in all that the driver says.
      trial().adopt(trial().harness(reach).open()).read(0, 1);
    } catch (DriverException e) {
      trial().evidence().note("secret setting", "an unfit secret is refused");
    }
  }

  @Test
  @Clause("DRV-016")
  void migrationKeepsItsWord() throws IOException, DriverException {
    Scratch scratch = trial().scratch();
    Device first = trial().open(scratch.direct());
    byte[] data = first.data(trial().random(), 8);
    first.write(3, data);
    Migration migration = first.harness().driver().migration();
    trial().evidence().note("migration", migration.getClass().getSimpleName());
    first.harness().quiesce();
    switch (migration) {
      case Migration.Refused refused -> {
        if (refused.reason().isBlank() || refused.reason().lines().count() != 1) {
          throw trial().violation("a reason in one line", "it says: " + refused.reason());
        }
      }
      case Migration.Stateless stateless -> {
        first.close();
        trial().open(scratch.direct()).expectData(3, data);
      }
      case Migration.Stateful stateful -> {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        stateful.saver().save(saved);
        first.close();
        restore(scratch, stateful.version(), saved.toByteArray()).expectData(3, data);
      }
    }
  }

  private Device restore(Scratch scratch, int version, byte[] saved)
      throws IOException, DriverException {
    BlockHarness harness = trial().harness(scratch.direct()).openOnly();
    Device second = trial().adopt(harness);
    if (!(harness.driver().migration() instanceof Migration.Stateful stateful)) {
      throw trial()
          .violation(
              "the second driver restores", "its migration is " + harness.driver().migration());
    }
    ByteArrayInputStream in = new ByteArrayInputStream(saved);
    stateful.restorer().restore(version, in);
    if (in.available() > 0) {
      throw trial().violation("a state read to its last byte", in.available() + " bytes are left");
    }
    harness.start();
    return second;
  }

  private void expectHealth(BlockHarness harness) {
    if (harness.health() == null) {
      throw trial().violation("health in " + harness.state(), "it answered null");
    }
  }

  private static List<Submission> writes(Device device, RandomGenerator random, int count) {
    List<BlockRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(
          device
              .harness()
              .writing(random.nextLong(device.geometry().blocks() - 4), device.data(random, 4)));
    }
    return device.harness().submit(0, requests);
  }
}
