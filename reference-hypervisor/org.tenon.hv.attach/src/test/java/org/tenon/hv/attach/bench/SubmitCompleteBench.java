package org.tenon.hv.attach.bench;

import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.tenon.api.Status;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.memory.RamLayout;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;

/**
 * What the seam costs: a request of one 4 KiB segment from its making to its status, through attach
 * and SPI to a driver without storage and back, against the same driver called by a host that
 * checks nothing. Run as docs/how-to/bench.md says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SubmitCompleteBench {
  private static final int DEPTH = 128;
  private static final int BATCH = 32;
  private static final long BLOCK = 4096;

  /** Whether the driver copies the data. */
  @Param({"false", "true"})
  public boolean copies;

  @SuppressWarnings("NullAway.Init") // by attach
  private NullDriver trusted;

  private final DirectHost direct = new DirectHost(DEPTH);
  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private final MemoryRegion region = memory.region(0);

  @SuppressWarnings("NullAway.Init") // by attach
  private BlockAttachment attachment;

  @SuppressWarnings("NullAway.Init") // by attach
  private BlockPort port;

  private long next;

  /** Opens the driver twice, once behind the seam. */
  @Setup
  public void attach() throws Exception {
    NullDriver driver = new NullDriver(copies);
    trusted = new NullDriver(copies);
    Config none = Config.of(List.of(), Map.of());
    BlockOffer offer = BlockOffer.of(Set.of(), 1, DEPTH);
    attachment =
        BlockAttachment.open(
            driver,
            offer,
            none,
            new AttachContext(
                "bench",
                memory,
                SystemClock.instance(),
                Deadlines.DEFAULT,
                Runnable::run,
                AttachListener.NONE));
    port = attachment.port(0);
    var _ = trusted.open(trusted.negotiate(offer), none, direct);
  }

  /** Releases both. */
  @TearDown
  public void detach() {
    if (!attachment.faults().isEmpty()) {
      throw new IllegalStateException(attachment.faults().toString());
    }
    var _ = attachment.close();
    memory.close();
  }

  /** One request at a time, through the seam. */
  @Benchmark
  public int attachedOne() {
    return attached(port, 1);
  }

  /** Requests in batches, through the seam. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int attachedBatch() {
    return attached(port, BATCH);
  }

  /** One request at a time, no seam. */
  @Benchmark
  public int directOne() {
    return direct(1);
  }

  /** Requests in batches, no seam. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int directBatch() {
    return direct(BATCH);
  }

  private int attached(BlockPort to, int count) {
    synchronized (to) {
      for (int i = 0; i < count; i++) {
        int tag = to.claim();
        long block = next++ & 255;
        to.begin(tag, BlockOperation.WRITE, 0, block, 1);
        if (!to.segment(tag, region, block * BLOCK, BLOCK)) {
          throw new IllegalStateException("no room for a segment");
        }
        to.stage(tag);
      }
    }
    to.submit();
    int sum = 0;
    synchronized (to) {
      for (int tag = to.completed(); tag != BlockPort.NONE; tag = to.completed()) {
        sum += to.status(tag);
        to.release(tag);
      }
      if (to.used() != 0 || sum != Status.OK) {
        throw new IllegalStateException("a request was lost");
      }
    }
    return sum;
  }

  private int direct(int count) {
    direct.begin();
    for (int i = 0; i < count; i++) {
      long block = next++ & 255;
      direct.add(BlockOperation.WRITE, block, 1, region.segment(), block * BLOCK, BLOCK);
    }
    BlockBatch batch = direct;
    int accepted = trusted.submit(batch);
    int sum = direct.reap();
    if (accepted != count || sum != Status.OK) {
      throw new IllegalStateException("a request was lost");
    }
    return sum;
  }
}
