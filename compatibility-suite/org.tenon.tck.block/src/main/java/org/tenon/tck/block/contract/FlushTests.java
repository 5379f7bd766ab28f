package org.tenon.tck.block.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Requires;

/** Flush and FUA as far as they can be seen without cutting the power; the rest is L3. */
public abstract class FlushTests extends BlockTests {
  /** For the contract. */
  protected FlushTests() {}

  @Test
  @KeepsData
  @Requires("flush")
  @Clause("BLK-037")
  void flushChangesNoData() {
    Device device = trial().open();
    int blocks = (int) Math.min(64, device.geometry().blocks());
    byte[] before = device.read(0, blocks);
    for (int queue = 0; queue < device.agreement().queues(); queue++) {
      device.await(List.of(device.harness().submit(queue, BlockRequest.flush())));
    }
    device.expectData(0, before);
  }

  @Test
  @Requires("flush")
  @Clause({"BLK-037", "BLK-016"})
  void flushAmongWrites() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    List<Submission> all = new ArrayList<>();
    List<byte[]> data = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = device.data(random, 1);
      data.add(bytes);
      all.add(
          device
              .harness()
              .submit(i % device.agreement().queues(), device.harness().writing(i, bytes)));
      if (i % 5 == 0) {
        all.add(device.harness().submit(0, BlockRequest.flush()));
      }
    }
    device.await(all);
    for (int i = 0; i < data.size(); i++) {
      device.expectData(i, data.get(i));
    }
  }

  @Test
  @Requires("fua")
  @Clause({"BLK-007", "BLK-016", "BLK-024"})
  void writesWithFuaReadBack() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int i = 0; i < 50; i++) {
      int blocks = random.nextInt(1, 17);
      long block = random.nextLong(device.geometry().blocks() - blocks);
      byte[] bytes = device.data(random, blocks);
      device.ok(device.harness().writing(block, bytes).fua());
      device.expectData(block, bytes);
    }
  }
}
