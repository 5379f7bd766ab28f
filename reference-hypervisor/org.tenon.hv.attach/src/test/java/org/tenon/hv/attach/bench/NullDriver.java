package org.tenon.hv.attach.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
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
 * A driver without storage: it reads each request as any driver must and completes it at once,
 * either leaving the data alone or copying it once, which is the least that storage in RAM does.
 */
public final class NullDriver implements BlockDriverFactory, BlockDriver, BlockQueue {
  @SuppressWarnings("NullAway.Init") // by open
  private BlockHost host;

  @SuppressWarnings("NullAway.Init") // by open
  private BlockRequests requests;

  private final boolean copies;
  private final MemorySegment copy = MemorySegment.ofArray(new byte[1 << 16]);

  /** Keeps the reads alive. */
  private long seen;

  /**
   * A driver.
   *
   * @param copies whether it copies the data
   */
  public NullDriver(boolean copies) {
    this.copies = copies;
  }

  @Override
  public int submit(BlockBatch batch) {
    int count = batch.size();
    for (int i = 0; i < count; i++) {
      int tag = batch.tag(i);
      long bytes = 0;
      long sum =
          requests.operation(tag)
              + requests.flags(tag)
              + requests.block(tag)
              + requests.blocks(tag);
      for (int s = 0, segments = requests.segments(tag); s < segments; s++) {
        MemorySegment memory = requests.memory(tag, s);
        sum += memory.byteSize() - requests.offset(tag, s);
        long length = requests.length(tag, s);
        if (copies) {
          MemorySegment.copy(memory, requests.offset(tag, s), copy, bytes, length);
        }
        bytes += length;
      }
      seen += sum;
      host.complete(0, tag, Status.OK, bytes);
    }
    return count;
  }

  /** What was read. */
  public long seen() {
    return seen;
  }

  @Override
  public Identifier id() {
    return new Identifier("null");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer.accept().build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost surroundings) {
    host = surroundings;
    requests = surroundings.requests(0);
    return this;
  }

  @Override
  public BlockGeometry geometry() {
    return BlockGeometry.of(1 << 20, 4096).build();
  }

  @Override
  public BlockIdentity identity() {
    return new BlockIdentity("Tenon", "Null", "1", "null");
  }

  @Override
  public BlockQueue queue(int index) {
    return this;
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
