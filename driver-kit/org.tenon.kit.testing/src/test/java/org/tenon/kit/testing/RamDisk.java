package org.tenon.kit.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
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
 * The fixture of the kit's own tests: blocks in memory, completed during {@code submit}. It is
 * right; a test that needs a wrong driver overrides the one method in which it is wrong.
 */
public class RamDisk implements BlockDriver {
  public static final int BLOCK = 512;
  public static final int BLOCKS = 256;

  final BlockAgreement agreement;
  final BlockHost host;
  final MemorySegment media;
  private final Map<Integer, BlockQueue> queues = new ConcurrentHashMap<>();

  public RamDisk(BlockAgreement agreement, BlockHost host) {
    this.agreement = agreement;
    this.host = host;
    this.media = Arena.ofAuto().allocate((long) BLOCKS * BLOCK);
  }

  /** A factory of the driver as it is, or as {@code make} makes it wrong. */
  public static Factory factory() {
    return new Factory(opening -> new RamDisk(opening.agreement(), opening.host()));
  }

  public static Factory factory(Function<Opening, BlockDriver> make) {
    return new Factory(make);
  }

  int submit(int queue, BlockBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      serve(queue, batch.tag(i));
    }
    return batch.size();
  }

  void serve(int queue, int tag) {
    BlockRequests requests = host.requests(queue);
    int status = check(requests, tag);
    if (status == Status.OK) {
      carryOut(requests, tag);
    }
    boolean transfer =
        requests.operation(tag) == BlockOperation.READ
            || requests.operation(tag) == BlockOperation.WRITE;
    host.complete(
        queue,
        tag,
        status,
        status == Status.OK && transfer ? (long) requests.blocks(tag) * BLOCK : 0);
  }

  private int check(BlockRequests requests, int tag) {
    int operation = requests.operation(tag);
    if (operation < BlockOperation.READ || operation > BlockOperation.WRITE_ZEROES) {
      return Status.UNSUPPORTED;
    }
    if (!geometry().contains(requests.block(tag), requests.blocks(tag))) {
      return Status.OUT_OF_RANGE;
    }
    long length = 0;
    for (int i = 0; i < requests.segments(tag); i++) {
      length += requests.length(tag, i);
    }
    boolean transfer = operation == BlockOperation.READ || operation == BlockOperation.WRITE;
    return transfer && length != (long) requests.blocks(tag) * BLOCK ? Status.INVALID : Status.OK;
  }

  void carryOut(BlockRequests requests, int tag) {
    int operation = requests.operation(tag);
    long at = requests.block(tag) * BLOCK;
    if (operation == BlockOperation.WRITE_ZEROES) {
      media.asSlice(at, (long) requests.blocks(tag) * BLOCK).fill((byte) 0);
    }
    for (int i = 0; i < requests.segments(tag); i++) {
      MemorySegment memory = requests.memory(tag, i);
      long offset = requests.offset(tag, i);
      long length = requests.length(tag, i);
      if (operation == BlockOperation.READ) {
        MemorySegment.copy(media, at, memory, offset, length);
      } else if (operation == BlockOperation.WRITE) {
        MemorySegment.copy(memory, offset, media, at, length);
      }
      at += length;
    }
  }

  @Override
  public BlockGeometry geometry() {
    return BlockGeometry.of(BLOCKS, BLOCK).build();
  }

  @Override
  public BlockIdentity identity() {
    return new BlockIdentity("TENON", "RAM", "1", "0001");
  }

  @Override
  public BlockQueue queue(int index) {
    return queues.computeIfAbsent(index, queue -> batch -> submit(queue, batch));
  }

  @Override
  public void start() throws DriverException {}

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
    return new Migration.Refused("memory is not storage");
  }

  @Override
  public void close() {}

  /** What {@code open} was given. */
  public record Opening(BlockAgreement agreement, Config config, BlockHost host) {}

  /** Finds its driver where the test says. */
  public static class Factory implements BlockDriverFactory {
    private final Function<Opening, BlockDriver> make;
    private final Set<Capability> capabilities = new TreeSet<>(BlockCapabilities.ALL);

    Factory(Function<Opening, BlockDriver> make) {
      this.make = make;
    }

    Factory without(Capability capability) {
      capabilities.remove(capability);
      return this;
    }

    @Override
    public Identifier id() {
      return new Identifier("ram");
    }

    @Override
    public VersionRange spi() {
      return VersionRange.compatibleWith(new Version(1, 0, 0));
    }

    @Override
    public List<ConfigKey> configKeys() {
      return List.of(
          ConfigKey.optional("password", ConfigKey.Type.TEXT, "opens nothing").asSecret());
    }

    @Override
    public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
      return offer.accept().take(capabilities.toArray(Capability[]::new)).queues(4).build();
    }

    @Override
    public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
        throws DriverException {
      return make.apply(new Opening(agreement, config, host));
    }
  }
}
