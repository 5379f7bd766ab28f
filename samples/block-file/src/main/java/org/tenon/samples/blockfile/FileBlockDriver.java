package org.tenon.samples.blockfile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockQueue;

/**
 * The life of one open image. The control thread calls the methods of {@code Driver}; the workers,
 * some for each queue, do the I/O.
 */
final class FileBlockDriver implements BlockDriver {
  private static final Health FLUSH_LOST =
      Health.degraded(
          "a flush failed: what was written since the last good one may be lost; every flush fails"
              + " until the device is opened again");

  private final BlockAgreement agreement;
  private final FileSettings settings;
  private final ImageFile image;
  private final BlockHost host;
  private final BlockIdentity identity;
  private final Durability durability;
  private final SizeWatch sizeWatch;
  private final List<FileQueue> queues = new ArrayList<>();
  private final List<Thread> workers = new ArrayList<>();
  private volatile BlockGeometry geometry;

  FileBlockDriver(BlockAgreement agreement, FileSettings settings, ImageFile image, BlockHost host)
      throws DriverException {
    this.agreement = agreement;
    this.settings = settings;
    this.image = image;
    this.host = host;
    this.identity = new BlockIdentity("TENON", "block-file", "1.0", serial(settings));
    this.geometry = measure(settings, image);
    this.durability = new Durability(image, () -> host.healthChanged(FLUSH_LOST));
    for (int i = 0; i < agreement.queues(); i++) {
      queues.add(new FileQueue(i, agreement.queueDepth(), host));
    }
    this.sizeWatch =
        new SizeWatch(
            image, host.clock(), settings.sizeCheck(), queues.get(0)::requestChore, this::sizeIs);
  }

  private static BlockGeometry measure(FileSettings settings, ImageFile image)
      throws DriverException {
    try {
      int storageBlock = image.storageBlockSize();
      return BlockGeometry.of(image.size() / settings.blockSize(), settings.blockSize())
          .physicalBlockSize(storageBlock)
          .discardGranularityBlocks(storageBlock / settings.blockSize())
          .readOnly(settings.readOnly())
          .build();
    } catch (IOException e) {
      throw new DriverException(
          Status.IO_ERROR, "the size of " + settings.path() + " cannot be read: check its disk", e);
    }
  }

  /** The same path gives the same serial, so that the guest knows its disk again. */
  private static String serial(FileSettings settings) {
    String path = settings.path().toAbsolutePath().normalize().toString();
    UUID derived = UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8));
    return settings.serial().orElse(derived.toString().replace("-", "").substring(0, 20));
  }

  @Override
  public void start() {
    for (int i = 0; i < queues.size(); i++) {
      for (int j = 0; j < settings.threads(); j++) {
        FileQueue queue = queues.get(i);
        RequestRunner runner =
            new RequestRunner(agreement, host.requests(i), image, durability, settings.blockSize());
        workers.add(host.newThread("queue-" + i + "-worker-" + j, () -> work(queue, runner)));
      }
    }
    workers.forEach(Thread::start);
    if (agreement.has(BlockCapabilities.RESIZE)) {
      sizeWatch.arm();
    }
  }

  /** The body of a worker thread. */
  private void work(FileQueue queue, RequestRunner runner) {
    for (int tag = queue.take(); tag != FileQueue.END; tag = queue.take()) {
      if (tag == FileQueue.CHORE) {
        sizeWatch.look();
      } else {
        serve(queue, runner, tag);
      }
    }
  }

  private void serve(FileQueue queue, RequestRunner runner, int tag) {
    int status;
    long bytes = 0;
    try {
      BlockGeometry now = geometry;
      status = runner.run(tag, now);
      bytes = status == Status.OK ? runner.bytesMoved(tag, now) : 0;
    } catch (RuntimeException e) {
      // A defect of this driver costs the guest one request, not the device.
      host.log().log(System.Logger.Level.ERROR, "a request failed inside the driver", e);
      status = Status.IO_ERROR;
    }
    queue.complete(tag, status, bytes);
  }

  private void sizeIs(long bytes) {
    BlockGeometry before = geometry;
    long blocks = bytes / settings.blockSize();
    if (blocks != before.blocks()) {
      BlockGeometry now = before.withBlocks(blocks);
      geometry = now;
      host.geometryChanged(now);
    }
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.allOf(
        queues.stream().map(FileQueue::whenIdle).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    queues.forEach(FileQueue::abortWaiting);
    return quiesce();
  }

  @Override
  public void close() {
    sizeWatch.stop();
    queues.forEach(FileQueue::end);
    queues.forEach(FileQueue::abortWaiting);
    workers.forEach(FileBlockDriver::join);
    workers.clear();
    image.close();
  }

  private static void join(Thread worker) {
    boolean interrupted = false;
    while (worker.isAlive()) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Health health() {
    return durability.isLost() ? FLUSH_LOST : Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
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
}
