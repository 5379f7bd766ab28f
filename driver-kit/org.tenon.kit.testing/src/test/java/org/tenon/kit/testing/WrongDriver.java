package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockDriver;

/** A driver that is wrong in one thing, and what the host finds when it is used. */
abstract class WrongDriver extends RamDisk {
  /** Deadlines that a test can wait for. */
  static final Deadlines SHORT = new Deadlines(Duration.ofMillis(80), Duration.ofMillis(80));

  WrongDriver(RamDisk.Opening opening) {
    super(opening.agreement(), opening.host());
  }

  /** What is done to a driver. */
  interface Use {
    void of(BlockHarness disk) throws Exception;
  }

  /** Uses a driver, closes it, and answers each clause that was broken, with how. */
  static List<String> faultsOf(Function<RamDisk.Opening, BlockDriver> make, Use use)
      throws Exception {
    return faultsOf(BlockHarness.of(RamDisk.factory(make)), use);
  }

  static List<String> faultsOf(BlockHarness.Builder builder, Use use) throws Exception {
    BlockHarness disk = builder.lenient().open();
    try {
      use.of(disk);
    } catch (HarnessError thrown) {
      assertThat(disk.faults()).as(thrown.toString()).isNotEmpty();
    } finally {
      disk.close();
    }
    return disk.faults().stream()
        .map(fault -> fault.clause() + " " + fault.kind().name())
        .distinct()
        .toList();
  }

  static void writeOne(BlockHarness disk) {
    disk.perform(disk.writing(3, new byte[BLOCK]));
  }

  static void readOne(BlockHarness disk) {
    disk.perform(BlockRequest.read(3, 1));
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
