package org.tenon.hv.app.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.vswitch.VirtualSwitch;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.BenchReport;
import org.tenon.kit.bench.BlockBench;
import org.tenon.kit.bench.BlockPath;
import org.tenon.kit.bench.NetBench;
import org.tenon.kit.bench.NetPlan;
import org.tenon.kit.bench.NetReport;
import org.tenon.kit.bench.NullDisk;

/** The kit's guests and the house's device models together; what a request allocates is nothing. */
class BenchBedTest {
  private static final Duration WARM_UP = Duration.ofSeconds(1);
  private static final Duration MEASURED = Duration.ofMillis(300);

  private static BlockPath open(String model, BenchPlan plan) throws Exception {
    return model.equals("nvme")
        ? BenchBed.nvmeDisk(new NullDisk(), Map.of(), plan)
        : BenchBed.virtioDisk(new NullDisk(), Map.of(), plan);
  }

  @ParameterizedTest
  @CsvSource({"virtio, 32, 1, 4096", "nvme, 32, 1, 4096", "virtio, 8, 2, 512", "nvme, 8, 2, 16384"})
  void aRequestAllocatesNothing(String model, int depth, int queues, int bytes) throws Exception {
    BenchPlan plan =
        BenchPlan.DEFAULT
            .withDepth(depth)
            .withQueues(queues)
            .withBlockSize(bytes)
            .overwriting(50)
            .lasting(WARM_UP, MEASURED);
    try (BlockPath path = open(model, plan)) {
      BenchReport report = BlockBench.run("null", path, plan);
      assertThat(report.path()).isEqualTo(model);
      assertThat(report.queues()).isEqualTo(queues);
      assertThat(report.depth()).isEqualTo(depth);
      assertThat(report.errors()).isZero();
      assertThat(report.requests()).isPositive();
      assertThat(report.allocatedBytesPerRequest()).isLessThan(1);
    }
  }

  @Test
  void aFrameThroughTheSwitchAllocatesNothing() throws Exception {
    NetPlan plan = NetPlan.DEFAULT.lasting(WARM_UP, MEASURED);
    try (SwitchBed bed = SwitchBed.open(new VirtualSwitch("bench", 1500), 256, plan.frameBytes())) {
      NetReport report = NetBench.run("none", "switch", bed.sender(), bed.receiver(), plan);
      assertThat(report.received()).isPositive();
      assertThat(report.received()).isCloseTo(report.sent(), withPercentage(1));
      assertThat(bed.receiver().receivedBytes()).isGreaterThanOrEqualTo(60 * report.received());
      assertThat(report.allocatedBytesPerFrame()).isLessThan(1);
    }
  }
}
