package org.tenon.hv.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.testbed.BenchBed;
import org.tenon.hv.attach.AttachException;
import org.tenon.kit.bench.BenchComparison;
import org.tenon.kit.bench.BenchException;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.BenchReport;
import org.tenon.kit.bench.BlockBench;
import org.tenon.kit.bench.BlockPath;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * Measures a block driver by its SPI, or by turns so and through a device model.
 *
 * @param plan the load
 * @param through the device model; null for none
 * @param rounds how often each way is measured where there are two
 */
record DiskBench(BenchPlan plan, @Nullable BenchPathOption through, int rounds) {
  /** Measures; what the driver does wrong is the user's to hear. */
  BenchResult measure(BlockDriverFactory factory, Map<String, String> settings)
      throws InputException, InterruptedException {
    try {
      BenchPathOption model = through;
      if (model == null) {
        BenchReport report = BlockBench.run(factory, settings, plan);
        return new BenchResult(report.toText(), report.toJson());
      }
      List<BenchReport> direct = new ArrayList<>();
      List<BenchReport> behind = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        direct.add(BlockBench.run(factory, settings, plan));
        try (BlockPath path = open(model, factory, settings)) {
          behind.add(BlockBench.run(factory.id().value(), path, plan));
        }
      }
      BenchComparison comparison = new BenchComparison(direct, behind);
      return new BenchResult(comparison.toText(), comparison.toJson());
    } catch (AttachException | BenchException | DriverException e) {
      throw new InputException("driver '%s': %s".formatted(factory.id(), e.getMessage()), e);
    }
  }

  private BlockPath open(
      BenchPathOption model, BlockDriverFactory factory, Map<String, String> settings)
      throws AttachException, BenchException, DriverException, InputException {
    return switch (model) {
      case VIRTIO -> BenchBed.virtioDisk(factory, settings, plan);
      case NVME -> BenchBed.nvmeDisk(factory, settings, plan);
      case SWITCH ->
          throw new InputException(
              "driver '%s' is a block driver: measure it --through virtio or nvme"
                  .formatted(factory.id()));
    };
  }
}
