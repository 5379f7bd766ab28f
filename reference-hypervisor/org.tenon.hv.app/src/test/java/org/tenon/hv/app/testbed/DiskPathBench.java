package org.tenon.hv.app.testbed;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.BlockPath;
import org.tenon.kit.bench.DriverPath;
import org.tenon.kit.bench.NullDisk;
import org.tenon.spi.Deadlines;

/**
 * What a read of 4 KiB costs from its making by the guest to its status, over a driver without
 * storage: by the SPI alone, through virtio-blk, and through NVMe. Run as docs/how-to/bench.md
 * says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class DiskPathBench {
  private static final int BATCH = 32;
  private static final BenchPlan PLAN = BenchPlan.DEFAULT.withDepth(BATCH);

  /** What lies between guest and driver. */
  @Param({"direct", "virtio", "nvme"})
  public String path = "direct";

  @SuppressWarnings("NullAway.Init") // by open
  private BlockPath disk;

  @SuppressWarnings("NullAway.Init") // by open
  private BlockPath.Queue queue;

  private long next;

  /** Opens the way to the disk. */
  @Setup
  public void open() throws Exception {
    disk =
        switch (path) {
          case "virtio" -> BenchBed.virtioDisk(new NullDisk(), Map.of(), PLAN);
          case "nvme" -> BenchBed.nvmeDisk(new NullDisk(), Map.of(), PLAN);
          default -> DriverPath.open(new NullDisk(), Map.of(), PLAN, Deadlines.DEFAULT);
        };
    queue = disk.queue(0);
  }

  /** Closes it. */
  @TearDown
  public void close() {
    disk.close();
  }

  /** One request at a time. */
  @Benchmark
  public int one() throws Exception {
    return read(1);
  }

  /** Requests in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int batch() throws Exception {
    return read(BATCH);
  }

  private int read(int count) throws Exception {
    for (int tag = 0; tag < count; tag++) {
      queue.put(tag, true, 8 * (next++ & 1023));
    }
    queue.send();
    int good = 0;
    for (int taken = 0; taken < count; ) {
      int tag = queue.poll();
      if (tag < 0) {
        queue.await(1_000_000);
      } else {
        taken++;
        good += queue.isOk(tag) ? 1 : 0;
      }
    }
    if (queue.poll() >= 0 || good != count) {
      throw new IllegalStateException("a request was lost");
    }
    return good;
  }
}
