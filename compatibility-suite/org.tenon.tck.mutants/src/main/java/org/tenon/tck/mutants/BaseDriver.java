package org.tenon.tck.mutants;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/** The driver of {@link BaseFactory}: its queues and its life. */
class BaseDriver implements BlockDriver {
  private static final int MAX_TRANSFER_BLOCKS = 256;
  private static final int MAX_ZEROES_BLOCKS = 4096;

  private final BlockAgreement agreement;
  private final BlockHost host;
  private final BaseStorage storage;
  private final BlockGeometry geometry;
  private final BlockIdentity identity;
  private final List<BaseQueue> queues = new ArrayList<>();
  private boolean closed;

  BaseDriver(BaseFactory.Opening opening) {
    this.agreement = opening.agreement();
    this.host = opening.host();
    this.storage = opening.storage();
    this.geometry =
        BlockGeometry.of(opening.blocks(), BaseStorage.BLOCK)
            .maxTransferBlocks(MAX_TRANSFER_BLOCKS)
            .maxDiscardBlocks(MAX_ZEROES_BLOCKS)
            .maxWriteZeroesBlocks(MAX_ZEROES_BLOCKS)
            .readOnly(opening.readOnly())
            .build();
    this.identity = new BlockIdentity("Tenon", "mutant", "1", opening.serial());
    for (int i = 0; i < agreement.queues(); i++) {
      queues.add(opening.factory().newQueue(this, i));
    }
  }

  final BlockHost host() {
    return host;
  }

  final int depth() {
    return agreement.queueDepth();
  }

  final BaseStorage storage() {
    return storage;
  }

  final List<BaseQueue> queues() {
    return queues;
  }

  boolean understands(int operation) {
    return switch (operation) {
      case BlockOperation.READ, BlockOperation.WRITE -> true;
      case BlockOperation.FLUSH -> agreement.has(BlockCapabilities.FLUSH);
      case BlockOperation.DISCARD -> agreement.has(BlockCapabilities.DISCARD);
      case BlockOperation.WRITE_ZEROES -> agreement.has(BlockCapabilities.WRITE_ZEROES);
      default -> false;
    };
  }

  @Override
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public BlockIdentity identity() {
    return identity;
  }

  @Override
  public BlockQueue queue(int index) {
    return queues.get(index);
  }

  @Override
  public void start() throws DriverException {
    queues.forEach(BaseQueue::start);
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.allOf(
        queues.stream().map(BaseQueue::whenIdle).toArray(CompletableFuture[]::new));
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    queues.forEach(BaseQueue::abort);
    storage.reset();
    return CompletableFuture.allOf(
        queues.stream().map(BaseQueue::whenIdle).toArray(CompletableFuture[]::new));
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
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    queues.forEach(BaseQueue::close);
    try {
      storage.close();
    } catch (IOException e) {
      host.log().log(System.Logger.Level.WARNING, "the image did not close", e);
    }
  }
}
