package org.tenon.hv.nvme;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Deadlines;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockCapabilities;
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
 * A conforming driver over a byte array, which completes at once or, if it is lazy, when the test
 * lets it.
 */
final class RamDisk implements BlockDriverFactory, BlockDriver {
  record Pending(int queue, int tag) {}

  final BlockGeometry geometry;
  final byte[] bytes;
  final List<Pending> pending = new ArrayList<>();

  /** Operation and flags of everything carried out, in order. */
  final List<String> log = new ArrayList<>();

  Set<Capability> capabilities = BlockCapabilities.ALL;
  boolean lazy;
  int failWith = Status.OK;
  int queues = 1;

  /** What else submit does, before anything. */
  Runnable onSubmit = () -> {};

  private @Nullable BlockAttachment attachment;

  /** Set by open, before anything else is called. */
  @SuppressWarnings("NullAway.Init")
  BlockHost host;

  RamDisk(BlockGeometry geometry) {
    this.geometry = geometry;
    bytes = new byte[(int) geometry.bytes()];
  }

  /** Attaches the disk, with every control call on the caller's thread. */
  BlockAttachment attach(GuestMemory memory) {
    try {
      AttachContext context =
          new AttachContext(
              "disk0",
              memory,
              SystemClock.instance(),
              Deadlines.DEFAULT,
              Runnable::run,
              AttachListener.NONE);
      attachment =
          BlockAttachment.open(
              this,
              BlockOffer.of(BlockCapabilities.ALL, 4, 16),
              Config.of(List.of(), Map.of()),
              context);
      return attachment;
    } catch (AttachException | ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends the last attachment. */
  void detach() {
    var _ = Objects.requireNonNull(attachment).close();
  }

  /** What the last attachment saw this disk do wrong. */
  List<Fault> faults() {
    return Objects.requireNonNull(attachment).faults();
  }

  /** Completes what is pending, in random order. */
  synchronized void run(Random random, int most) {
    for (int i = 0; i < most && !pending.isEmpty(); i++) {
      Pending next = pending.remove(random.nextInt(pending.size()));
      carryOut(next.queue(), next.tag());
    }
  }

  private synchronized void carryOut(int queue, int tag) {
    BlockRequests row = host.requests(queue);
    log.add(
        BlockOperation.name(row.operation(tag))
            + (row.flags(tag) == 0 ? "" : "+" + row.flags(tag)));
    if (failWith != Status.OK) {
      host.complete(queue, tag, failWith, 0);
      return;
    }
    long at = row.block(tag) * geometry.logicalBlockSize();
    long length = (long) row.blocks(tag) * geometry.logicalBlockSize();
    long moved = 0;
    switch (row.operation(tag)) {
      case BlockOperation.READ, BlockOperation.WRITE -> {
        for (int i = 0; i < row.segments(tag); i++) {
          MemorySegment memory = row.memory(tag, i);
          int count = (int) row.length(tag, i);
          if (row.operation(tag) == BlockOperation.READ) {
            MemorySegment.copy(
                bytes, (int) (at + moved), memory, JAVA_BYTE, row.offset(tag, i), count);
          } else {
            MemorySegment.copy(
                memory, JAVA_BYTE, row.offset(tag, i), bytes, (int) (at + moved), count);
          }
          moved += count;
        }
      }
      case BlockOperation.WRITE_ZEROES ->
          Arrays.fill(bytes, (int) at, (int) (at + length), (byte) 0);
      default -> {}
    }
    host.complete(queue, tag, Status.OK, moved);
  }

  @Override
  public Identifier id() {
    return new Identifier("ram-disk");
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
    return offer.accept().take(capabilities.toArray(Capability[]::new)).queues(queues).build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost surroundings) {
    host = surroundings;
    return this;
  }

  @Override
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public BlockIdentity identity() {
    return new BlockIdentity("Tenon", "RAM disk", "1", "serial-0123456789");
  }

  @Override
  public BlockQueue queue(int index) {
    return batch -> submit(index, batch);
  }

  private int submit(int index, BlockBatch batch) {
    onSubmit.run();
    for (int i = 0; i < batch.size(); i++) {
      if (lazy) {
        synchronized (this) {
          pending.add(new Pending(index, batch.tag(i)));
        }
      } else {
        carryOut(index, batch.tag(i));
      }
    }
    return batch.size();
  }

  @Override
  public void start() {}

  @Override
  public CompletionStage<Void> quiesce() {
    run(new Random(1), Integer.MAX_VALUE);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {}

  @Override
  public synchronized CompletionStage<Void> reset() {
    for (Pending aborted : List.copyOf(pending)) {
      host.complete(aborted.queue(), aborted.tag(), Status.ABORTED, 0);
    }
    pending.clear();
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
  public void close() {
    reset();
  }
}
