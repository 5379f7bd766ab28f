package org.tenon.tck.block.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.BlockResult;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.StorageFaults;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.AtLevel;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.run.NotRun;

/** L2: control calls in the middle of I/O, and a storage that fails. */
@AtLevel(Level.L2)
public abstract class RobustnessTests extends BlockTests {
  private static final int ROUNDS = 12;
  private static final ClauseId ABORTED_IS_WHOLE = ClauseId.parse("BLK-054");
  private static final ClauseId ACKNOWLEDGED_STAYS = ClauseId.parse("BLK-053");

  /** For the contract. */
  protected RobustnessTests() {}

  @Test
  @Clause({"BLK-053", "BLK-054", "BLK-055", "DRV-012", "BLK-028"})
  void resetDuringIo() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      RandomGenerator random = trial().random();
      int window = 256;
      byte[] known = device.data(random, window);
      device.write(0, known);
      // Slow enough that a reset finds requests that have not begun.
      observed
          .storage()
          .faults()
          .delay(access -> access.operation() == Operation.WRITE, Duration.ofMillis(20));
      for (int round = 0; round < ROUNDS; round++) {
        resetAmongWrites(device, random, known);
      }
    }
  }

  private static void resetAmongWrites(Device device, RandomGenerator random, byte[] known) {
    int size = device.geometry().logicalBlockSize();
    int window = known.length / size;
    Map<Submission, byte[]> writes = new HashMap<>();
    for (int target : distinct(random, window / 4, 48)) {
      byte[] data = device.data(random, 4);
      int queue = target % device.agreement().queues();
      writes.put(device.harness().submit(queue, device.harness().writing(target * 4L, data)), data);
    }
    device.harness().reset();
    byte[] now = device.read(0, window);
    writes.forEach((write, data) -> settle(size, known, now, write, data));
    device.expectSame(ClauseId.parse("BLK-055"), 0, known, now);
  }

  @Test
  @Clause({"BLK-056", "DRV-010"})
  void quiesceDuringIo() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      // Slow enough that a quiesce finds requests in flight.
      observed
          .storage()
          .faults()
          .delay(access -> access.operation() == Operation.WRITE, Duration.ofMillis(1));
      for (int round = 0; round < ROUNDS; round++) {
        quiesceAmongWrites(device, trial().random());
      }
    }
  }

  private static void quiesceAmongWrites(Device device, RandomGenerator random) {
    byte[] all = device.data(random, 256);
    int size = device.geometry().logicalBlockSize();
    List<Submission> writes = new ArrayList<>();
    for (int block = 0; block < 256; block += 4) {
      byte[] data = Arrays.copyOfRange(all, block * size, (block + 4) * size);
      int queue = (block / 4) % device.agreement().queues();
      writes.addAll(device.harness().offer(queue, List.of(device.harness().writing(block, data))));
    }
    device.harness().quiesce();
    device.harness().resume();
    for (Submission write : writes) {
      if (!write.isAccepted()) {
        device.ok(write.request());
      }
    }
    device.await(writes.stream().filter(Submission::isAccepted).toList());
    device.expectData(0, all);
  }

  @Test
  @Clause({"BLK-057", "BLK-028", "DRV-009"})
  void closeDuringIo() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      // Slow enough that a close finds requests in flight.
      observed
          .storage()
          .faults()
          .delay(access -> access.operation() == Operation.WRITE, Duration.ofMillis(2));
      RandomGenerator random = trial().random();
      for (int round = 0; round < ROUNDS; round++) {
        Device device = trial().open(observed.reach());
        List<Submission> writes = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
          writes.add(
              device.harness().submit(0, device.harness().writing(i * 4L, device.data(random, 4))));
        }
        device.close();
        for (Submission write : writes) {
          if (write.isAccepted() && !write.isDone()) {
            throw trial().violation("close completes " + write, "it has no result");
          }
        }
      }
    }
  }

  @Test
  @Clause({"DRV-019", "DRV-012", "DRV-010"})
  void controlCallsEndInTime() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 32; i++) {
        device
            .harness()
            .submit(0, device.harness().writing(random.nextLong(1000), device.data(random, 8)));
      }
      if (round % 2 == 0) {
        device.harness().reset();
      } else {
        device.harness().quiesce();
        device.harness().resume();
      }
    }
    device.read(0, 1);
  }

  @Test
  @Clause({"DRV-020", "BLK-016"})
  void instancesDoNotDisturbEachOther() {
    RandomGenerator random = trial().random();
    List<Device> devices = new ArrayList<>();
    List<byte[]> data = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Device device = trial().open(trial().scratch().direct());
      devices.add(device);
      data.add(device.data(random, 128));
    }
    for (int i = 0; i < devices.size(); i++) {
      devices.get(i).write(0, data.get(i));
    }
    devices.getFirst().harness().reset();
    devices.get(1).close();
    devices.getFirst().expectData(0, data.getFirst());
    devices.getLast().expectData(0, data.getLast());
  }

  @Test
  @Clause({"BLK-060", "DRV-017"})
  void storageErrorIsAStatus() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      byte[] before = device.data(trial().random(), 16);
      device.write(0, before);
      StorageFaults faults = observed.storage().faults();
      faults.fail(access -> access.operation() == Operation.WRITE, Failure.INPUT_OUTPUT);
      BlockResult written =
          device.harness().perform(device.harness().writing(64, device.data(trial().random(), 4)));
      expectError(written, "a write that the storage refuses");
      device.expectData(0, before);
      faults.clear();
      faults.fail(access -> access.operation() == Operation.READ, Failure.INPUT_OUTPUT);
      expectError(
          device.harness().perform(BlockRequest.read(0, 4)), "a read that the storage refuses");
      faults.clear();
      device.expectData(0, before);
      device.write(64, before);
      device.expectData(64, before);
    }
  }

  @Test
  @Clause({"BLK-061", "BLK-060"})
  void transientEio() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      RandomGenerator random = trial().random();
      int failures = 0;
      for (int round = 0; round < 40; round++) {
        byte[] before = device.data(random, 16);
        device.write(0, before);
        byte[] after = device.data(random, 16);
        int at = random.nextInt(2);
        observed
            .storage()
            .faults()
            .fail(
                StorageFaults.nth(a -> a.operation() != Operation.FORCE, at, 1),
                Failure.INPUT_OUTPUT);
        BlockResult written = device.harness().perform(device.harness().writing(0, after));
        BlockResult read = device.harness().perform(BlockRequest.read(0, 16));
        observed.storage().faults().clear();
        failures += written.isOk() && read.isOk() ? 0 : 1;
        if (written.isOk()) {
          device.expectData(0, after);
          if (read.isOk()) {
            device.expectSame(trial().about(), 0, after, read.memory());
          }
        }
      }
      trial()
          .evidence()
          .note(
              "transient storage errors",
              failures == 0 ? "hidden by the driver" : "reported to the guest");
    }
  }

  @Test
  @Clause({"BLK-016", "BLK-017"})
  void shortTransfersAreContinued() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      RandomGenerator random = trial().random();
      observed.storage().faults().shorten(access -> access.length() > 700, 700);
      for (int round = 0; round < 20; round++) {
        int blocks = random.nextInt(1, 33);
        byte[] data = device.data(random, blocks);
        device.ok(device.harness().writing(round, data));
        device.expectData(round, data);
      }
    }
  }

  @Test
  @Clause("BLK-062")
  void fullStorageLosesNothing() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      byte[] before = device.data(trial().random(), 32);
      device.write(0, before);
      observed
          .storage()
          .faults()
          .fail(access -> access.operation() == Operation.WRITE, Failure.NO_SPACE);
      BlockResult full =
          device
              .harness()
              .perform(device.harness().writing(1024, device.data(trial().random(), 8)));
      if (full.isOk()) {
        throw new NotRun(
            "the driver does not reach its storage through Config.path, so it cannot be filled");
      }
      if (full.status() != Status.NO_SPACE) {
        throw trial()
            .violation(
                "a write to a full storage completes as NO_SPACE", "it completed as " + full);
      }
      device.expectData(0, before);
      observed.storage().faults().clear();
      device.expectData(0, before);
      device.write(1024, before);
      device.expectData(1024, before);
    }
  }

  /**
   * Brings what is known up to date with one write that a reset may have aborted, and checks that
   * write.
   */
  private static void settle(int size, byte[] known, byte[] now, Submission write, byte[] data) {
    int at = (int) write.request().block() * size;
    boolean acknowledged = write.await().isOk();
    for (int block = 0; block < data.length / size; block++) {
      int from = at + block * size;
      boolean isNew = Arrays.equals(now, from, from + size, data, block * size, (block + 1) * size);
      boolean isOld = Arrays.equals(now, from, from + size, known, from, from + size);
      long number = write.request().block() + block;
      if (acknowledged && !isNew) {
        throw new ClauseViolated(
            ACKNOWLEDGED_STAYS,
            "block " + number + " holds what was acknowledged before the reset",
            "it does not");
      }
      if (!isNew && !isOld) {
        throw new ClauseViolated(
            ABORTED_IS_WHOLE,
            "block " + number + " of an aborted write holds the old data or the new, whole",
            "it holds neither");
      }
      System.arraycopy(now, from, known, from, size);
    }
  }

  private void expectError(BlockResult result, String what) {
    if (result.isOk()) {
      throw new NotRun(
          "the driver does not reach its storage through Config.path: " + what + " succeeded");
    }
  }

  private static List<Integer> distinct(RandomGenerator random, int below, int count) {
    return random.ints(0, below).distinct().limit(count).boxed().toList();
  }
}
