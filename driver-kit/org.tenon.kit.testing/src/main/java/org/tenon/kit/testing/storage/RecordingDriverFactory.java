package org.tenon.kit.testing.storage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/**
 * Any block driver, with what crosses the SPI kept in a {@link BlockHistory}. Stateless but for the history; safe for use by
 * any thread. A submission is recorded before the driver sees it, a completion before the host does.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class RecordingDriverFactory implements BlockDriverFactory {
  private final BlockDriverFactory real;
  private final BlockHistory history;

  /** The drivers of {@code real}, recorded. */
  public RecordingDriverFactory(BlockDriverFactory real, BlockHistory history) {
    this.real = real;
    this.history = history;
  }

  @Override
  public Identifier id() {
    return real.id();
  }

  @Override
  public VersionRange spi() {
    return real.spi();
  }

  @Override
  public List<ConfigKey> configKeys() {
    return real.configKeys();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
    return real.negotiate(offer);
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host) throws DriverException {
    BlockDriver driver = real.open(agreement, config, new RecordingHost(host, history));
    return new RecordingDriver(driver, agreement, host, history);
  }

  private static byte[] gather(BlockRequests requests, int tag) {
    long length = 0;
    for (int i = 0; i < requests.segments(tag); i++) {
      length += requests.length(tag, i);
    }
    byte[] bytes = new byte[Math.toIntExact(length)];
    int at = 0;
    for (int i = 0; i < requests.segments(tag); i++) {
      int count = (int) requests.length(tag, i);
      MemorySegment.copy(requests.memory(tag, i), ValueLayout.JAVA_BYTE, requests.offset(tag, i), bytes, at, count);
      at += count;
    }
    return bytes;
  }

  /** Records submissions. */
  private record RecordingQueue(int index, BlockQueue real, BlockRequests requests, BlockHistory history)
      implements BlockQueue {
    private static final byte[] NOTHING = {};

    @Override
    public int submit(BlockBatch batch) {
      int size = batch.size();
      int[] tags = new int[size];
      for (int i = 0; i < size; i++) {
        int tag = batch.tag(i);
        int operation = requests.operation(tag);
        byte[] data = operation == BlockOperation.WRITE ? gather(requests, tag) : NOTHING;
        history.submitted(index, tag, operation, requests.flags(tag), requests.block(tag), requests.blocks(tag), data);
        tags[i] = tag;
      }
      int accepted = real.submit(batch);
      for (int i = Math.max(accepted, 0); i < size; i++) {
        history.refused(index, tags[i]);
      }
      return accepted;
    }
  }

  /** Records completions. */
  private record RecordingHost(BlockHost real, BlockHistory history) implements BlockHost {
    @Override
    public void complete(int queue, int tag, int status, long bytes) {
      byte[] read = RecordingQueue.NOTHING;
      if (status == Status.OK && history.isRead(queue, tag)) {
        read = gather(real.requests(queue), tag);
      }
      history.completed(queue, tag, status, read);
      real.complete(queue, tag, status, bytes);
    }

    @Override
    public BlockRequests requests(int queue) {
      return real.requests(queue);
    }

    @Override
    public void queueReady(int queue) {
      real.queueReady(queue);
    }

    @Override
    public void geometryChanged(BlockGeometry now) {
      real.geometryChanged(now);
    }

    @Override
    public HostClock clock() {
      return real.clock();
    }

    @Override
    public Deadlines deadlines() {
      return real.deadlines();
    }

    @Override
    public Thread newThread(String name, Runnable work) {
      return real.newThread(name, work);
    }

    @Override
    public System.Logger log() {
      return real.log();
    }

    @Override
    public void healthChanged(Health now) {
      real.healthChanged(now);
    }
  }

  /** Hands out recording queues. */
  private static final class RecordingDriver implements BlockDriver {
    private final BlockDriver real;
    private final BlockQueue[] queues;

    RecordingDriver(BlockDriver real, BlockAgreement agreement, BlockHost host, BlockHistory history) {
      this.real = real;
      this.queues = new BlockQueue[agreement.queues()];
      for (int i = 0; i < queues.length; i++) {
        queues[i] = new RecordingQueue(i, real.queue(i), host.requests(i), history);
      }
    }

    @Override
    public BlockGeometry geometry() {
      return real.geometry();
    }

    @Override
    public BlockIdentity identity() {
      return real.identity();
    }

    @Override
    public BlockQueue queue(int index) {
      return queues[index];
    }

    @Override
    public void start() throws DriverException {
      real.start();
    }

    @Override
    public CompletionStage<Void> quiesce() {
      return real.quiesce();
    }

    @Override
    public void resume() {
      real.resume();
    }

    @Override
    public CompletionStage<Void> reset() {
      return real.reset();
    }

    @Override
    public Health health() {
      return real.health();
    }

    @Override
    public Migration migration() {
      return real.migration();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
