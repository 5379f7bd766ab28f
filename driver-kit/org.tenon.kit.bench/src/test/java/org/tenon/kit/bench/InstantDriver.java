package org.tenon.kit.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Deadlines;
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

/**
 * The fixture of the bench's tests: moves no data and completes at once, so that what is seen is
 * the bench. A test that needs another driver overrides {@link #submit}.
 */
class InstantDriver implements BlockDriverFactory, BlockDriver {
  static final int BLOCKS = 1024;

  private final Map<Integer, BlockQueue> queues = new ConcurrentHashMap<>();
  private volatile BlockHost host = new BenchHost(new VirtualClock(), Deadlines.DEFAULT, List.of());

  BlockHost host() {
    return host;
  }

  int submit(int queue, BlockBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      finish(queue, batch.tag(i));
    }
    return batch.size();
  }

  void finish(int queue, int tag) {
    host.complete(queue, tag, Status.OK, host.requests(queue).length(tag, 0));
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer.accept().queues(4).build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost given) {
    host = given;
    return this;
  }

  @Override
  public Identifier id() {
    return new Identifier("instant");
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
  public BlockGeometry geometry() {
    return BlockGeometry.of(BLOCKS, 512).build();
  }

  @Override
  public BlockIdentity identity() {
    return new BlockIdentity("TENON", "INSTANT", "1", "1");
  }

  @Override
  public BlockQueue queue(int index) {
    return queues.computeIfAbsent(index, queue -> batch -> submit(queue, batch));
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
