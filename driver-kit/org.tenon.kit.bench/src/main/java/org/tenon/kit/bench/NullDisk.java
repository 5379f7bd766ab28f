package org.tenon.kit.bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/**
 * A disk without storage: it leaves the data of each request alone and completes it at once, so
 * that what is measured is the way to it. Stateless.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NullDisk implements BlockDriverFactory {
  private static final int MOST_QUEUES = 256;
  private static final long BLOCKS = 1L << 24;
  private static final int BLOCK_SIZE = 512;

  /** Does nothing. */
  public NullDisk() {}

  @Override
  public Identifier id() {
    return new Identifier("null");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.compatibleWith(new Version(1, 0, 0));
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer.accept().queues(MOST_QUEUES).build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host) {
    return new Disk(host);
  }

  /** The open disk. */
  private record Disk(BlockHost host) implements BlockDriver {
    @Override
    public BlockQueue queue(int index) {
      return new Queue(host, index);
    }

    @Override
    public BlockGeometry geometry() {
      return BlockGeometry.of(BLOCKS, BLOCK_SIZE).build();
    }

    @Override
    public BlockIdentity identity() {
      return new BlockIdentity("Tenon", "Null", "1", "null");
    }

    @Override
    public void start() {}

    @Override
    public CompletionStage<Void> quiesce() {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void resume() {}

    @Override
    public CompletionStage<Void> reset() {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public Health health() {
      return Health.up();
    }

    @Override
    public Migration migration() {
      return new Migration.Stateless();
    }

    @Override
    public void close() {}
  }

  /** One of its queues; the host calls it from one thread at a time. */
  private static final class Queue implements BlockQueue {
    private final BlockHost host;
    private final BlockRequests requests;
    private final int index;

    Queue(BlockHost host, int index) {
      this.host = host;
      this.index = index;
      requests = host.requests(index);
    }

    @Override
    public int submit(BlockBatch batch) {
      int count = batch.size();
      for (int i = 0; i < count; i++) {
        int tag = batch.tag(i);
        host.complete(index, tag, Status.OK, length(tag));
      }
      return count;
    }

    private long length(int tag) {
      long bytes = 0;
      for (int i = 0, segments = requests.segments(tag); i < segments; i++) {
        bytes += requests.length(tag, i);
      }
      return bytes;
    }
  }
}
