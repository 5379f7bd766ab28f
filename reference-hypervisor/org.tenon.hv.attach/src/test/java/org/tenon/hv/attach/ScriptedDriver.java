package org.tenon.hv.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

/**
 * A driver that keeps what it accepts until the test completes it, and misbehaves as the test says.
 */
final class ScriptedDriver implements BlockDriverFactory, BlockDriver {
  /** One accepted request. */
  record Accepted(int queue, int tag) {}

  final List<Accepted> accepted = new ArrayList<>();
  final List<String> calls = new ArrayList<>();
  BlockGeometry geometry = BlockGeometry.of(1000, 512).build();
  Function<BlockOffer, BlockAgreement> negotiate = offer -> offer.accept().queues(4).build();
  Function<BlockBatch, Integer> submit = BlockBatch::size;
  Runnable onStart = () -> {};
  Supplier<@Nullable CompletionStage<Void>> onQuiesce =
      () -> CompletableFuture.completedStage(null);
  Supplier<@Nullable CompletionStage<Void>> onReset =
      () -> {
        completeAll(Status.ABORTED);
        return CompletableFuture.completedStage(null);
      };
  Runnable onClose = () -> completeAll(Status.ABORTED);

  /** Set by open, before anything else is called. */
  @SuppressWarnings("NullAway.Init")
  BlockHost host;

  void complete(Accepted request, int status) {
    accepted.remove(request);
    long bytes = 0;
    var requests = host.requests(request.queue());
    if (status == Status.OK && requests.operation(request.tag()) <= 2) {
      for (int i = 0; i < requests.segments(request.tag()); i++) {
        bytes += requests.length(request.tag(), i);
      }
    }
    host.complete(request.queue(), request.tag(), status, bytes);
  }

  void completeAll(int status) {
    for (Accepted request : List.copyOf(accepted)) {
      complete(request, status);
    }
  }

  @Override
  public Identifier id() {
    return new Identifier("scripted");
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
    return negotiate.apply(offer);
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost surroundings) {
    host = surroundings;
    calls.add("open");
    return this;
  }

  @Override
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public BlockIdentity identity() {
    return new BlockIdentity("Tenon", "Scripted", "1", "serial");
  }

  @Override
  public BlockQueue queue(int index) {
    return batch -> {
      int count = submit.apply(batch);
      for (int i = 0; i < Math.min(count, batch.size()); i++) {
        accepted.add(new Accepted(index, batch.tag(i)));
      }
      return count;
    };
  }

  @Override
  public void start() {
    calls.add("start");
    onStart.run();
  }

  @Override
  public CompletionStage<Void> quiesce() {
    calls.add("quiesce");
    return onQuiesce.get();
  }

  @Override
  public void resume() {
    calls.add("resume");
  }

  @Override
  public CompletionStage<Void> reset() {
    calls.add("reset");
    return onReset.get();
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
    calls.add("close");
    onClose.run();
  }
}
