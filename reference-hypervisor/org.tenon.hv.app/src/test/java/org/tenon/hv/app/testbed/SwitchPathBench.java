package org.tenon.hv.app.testbed;

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
import org.tenon.hv.vswitch.VirtualSwitch;

/**
 * What a frame costs from one guest's virtio-net card through the virtual switch into another
 * guest's buffer, all on one thread. Run as docs/how-to/bench.md says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SwitchPathBench {
  private static final int BATCH = 32;
  private static final int RING = 256;

  /** The length of each frame. */
  @Param({"60", "1514"})
  public int frameBytes = 60;

  @SuppressWarnings("NullAway.Init") // by join
  private SwitchBed bed;

  /** Joins two cards. */
  @Setup
  public void join() throws Exception {
    bed = SwitchBed.open(new VirtualSwitch("bench", 1500), RING, frameBytes);
  }

  /** Takes them apart. */
  @TearDown
  public void close() {
    bed.close();
  }

  /** Frames in batches. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int batch() {
    int sent = bed.sender().send(BATCH);
    bed.receiver().awaitReceived(0);
    int arrived = bed.receiver().takeReceived();
    int done = bed.sender().takeSent();
    if (sent != BATCH || arrived != BATCH || done != BATCH) {
      throw new IllegalStateException("a frame was lost");
    }
    return arrived;
  }
}
