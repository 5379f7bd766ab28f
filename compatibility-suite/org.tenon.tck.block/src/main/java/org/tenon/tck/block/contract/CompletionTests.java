package org.tenon.tck.block.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.LentMemory;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageGate;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.run.NotRun;

/**
 * How requests are accepted and completed: a prefix, without blocking, each exactly once, and
 * nothing kept afterwards.
 */
public abstract class CompletionTests extends BlockTests {
  private static final int REQUESTS = 1500;

  /**
   * How long a driver has to reach its storage before the suite concludes that it does so past the
   * observer.
   */
  private static final Duration REACHES_STORAGE = Duration.ofSeconds(3);

  /** For the contract. */
  protected CompletionTests() {}

  @Test
  @Clause({"BLK-028", "BLK-029"})
  void everyRequestCompletesOnce() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int queue = 0; queue < device.agreement().queues(); queue++) {
      device.await(device.harness().submit(queue, mixed(device, random, REQUESTS)));
    }
  }

  @Test
  @Clause({"BLK-032", "BLK-030", "BLK-033"})
  void queueFullBackpressure() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int depth = device.agreement().queueDepth();
    for (int round = 0; round < 4; round++) {
      List<Submission> submissions = new ArrayList<>();
      for (int queue = 0; queue < device.agreement().queues(); queue++) {
        submissions.addAll(device.harness().submit(queue, mixed(device, random, 3 * depth)));
      }
      device.await(submissions);
    }
  }

  @Test
  @Clause("BLK-030")
  void acceptsAPrefix() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 50; round++) {
      int size = random.nextInt(1, device.agreement().queueDepth() + 1);
      List<Submission> offered = device.harness().offer(0, mixed(device, random, size));
      long accepted = offered.stream().takeWhile(Submission::isAccepted).count();
      if (offered.stream().skip(accepted).anyMatch(Submission::isAccepted)) {
        throw trial()
            .violation(
                "requests are accepted from the front of the batch",
                "one was accepted behind a refused one");
      }
      device.await(offered.subList(0, (int) accepted));
    }
  }

  @Test
  @Clause({"BLK-031", "BLK-033"})
  void submitReturnsWhileStorageStalls() throws Exception {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      RandomGenerator random = trial().random();
      StorageGate gate = observed.storage().faults().stall(access -> true);
      try {
        int size = Math.min(16, device.agreement().queueDepth());
        List<Submission> stalled =
            device
                .harness()
                .offer(
                    0,
                    Collections.nCopies(size, device.harness().writing(0, device.data(random, 4))));
        if (!gate.awaitArrivals(1, REACHES_STORAGE)) {
          throw new NotRun(
              "the driver does not reach its storage through Config.path, so it cannot be stalled");
        }
        gate.open();
        device.await(stalled.stream().filter(Submission::isAccepted).toList());
        device.await(device.harness().submit(0, mixed(device, random, 4 * size)));
      } finally {
        observed.storage().faults().clear();
      }
    }
  }

  @Test
  @Clause("BLK-034")
  void batchIsNotKept() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < 20; round++) {
      device.await(
          device.harness().submit(0, mixed(device, random, device.agreement().queueDepth())));
    }
  }

  @Test
  @Clause("BLK-035")
  void memoryIsGivenBack() {
    for (LentMemory mode : LentMemory.values()) {
      Device device = trial().open(trial().harness(trial().scratch().direct()).memory(mode));
      device.await(device.harness().submit(0, mixed(device, trial().random(), REQUESTS / 2)));
      device.close();
    }
  }

  @Test
  @Requires(Trait.SEVERAL_QUEUES)
  @Clause({"BLK-036", "BLK-022"})
  void queuesDoNotDisturbEachOther() throws Exception {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      Device device = trial().open(observed.reach());
      // Slow enough that each queue's writes meet those of the others.
      observed
          .storage()
          .faults()
          .delay(access -> access.operation() == Operation.WRITE, Duration.ofNanos(200_000));
      int queues = device.agreement().queues();
      int share = (int) device.geometry().blocks() / queues;
      try (ExecutorService threads = Executors.newFixedThreadPool(queues)) {
        List<Future<?>> ends = new ArrayList<>();
        for (int queue = 0; queue < queues; queue++) {
          int own = queue;
          RandomGenerator random = trial().seed().derive("queue " + queue).random();
          ends.add(
              threads.submit(
                  () -> writeAndReadBack(device, own, (long) own * share, share, random)));
        }
        for (Future<?> end : ends) {
          Errors.rethrow(end);
        }
      }
    }
  }

  private void writeAndReadBack(
      Device device, int queue, long first, int share, RandomGenerator random) {
    for (int round = 0; round < 30; round++) {
      int blocks = random.nextInt(1, 17);
      List<Submission> writes = new ArrayList<>();
      List<byte[]> data = new ArrayList<>();
      int slots = Math.min(8, share / 16);
      for (int slot = 0; slot < slots; slot++) {
        byte[] bytes = device.data(random, blocks);
        data.add(bytes);
        writes.add(
            device.harness().submit(queue, device.harness().writing(first + slot * 16L, bytes)));
      }
      device.await(writes);
      for (int slot = 0; slot < slots; slot++) {
        long block = first + slot * 16L;
        byte[] read =
            device.harness().submit(queue, BlockRequest.read(block, blocks)).await().memory();
        device.expectSame(trial().about(), block, data.get(slot), read);
      }
    }
  }

  /** Random reads and writes, with the other agreed operations between them. */
  private static List<BlockRequest> mixed(Device device, RandomGenerator random, int count) {
    List<BlockRequest> others = Requests.otherThanTransfers(device);
    List<BlockRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int blocks = random.nextInt(1, 9);
      long block = random.nextLong(device.geometry().blocks() - blocks + 1);
      int choice = random.nextInt(16);
      if (choice == 0 && !others.isEmpty()) {
        requests.add(others.get(random.nextInt(others.size())));
      } else if (choice < 9) {
        requests.add(device.harness().writing(block, device.data(random, blocks)));
      } else {
        requests.add(BlockRequest.read(block, blocks));
      }
    }
    return requests;
  }
}
