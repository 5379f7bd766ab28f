package org.tenon.hv.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/**
 * Storage that outlives its drivers, and drivers that work at it on a thread of their own. What
 * they carry out is counted.
 */
final class MemoryDisk implements BlockDriverFactory, PlainFactory {
  static final int BLOCK = 512;

  final byte[] content = new byte[1 << 20];
  final List<String> done = new ArrayList<>();
  String id = "memory-disk";
  String serial = "M1";
  @Nullable String refusal;

  /** What else a driver does, before each request and when it is closed, on its thread. */
  Runnable onRequest = () -> {};

  Runnable onClose = () -> {};

  /** What a driver with state remembers; null for drivers without. */
  @Nullable String memory;

  int stateVersion = 1;

  @Override
  public Identifier id() {
    return new Identifier(id);
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer
        .accept()
        .take(BlockCapabilities.FLUSH, BlockCapabilities.DISCARD, BlockCapabilities.WRITE_ZEROES)
        .queues(2)
        .queueDepth(32)
        .build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host) {
    return new Opened(host);
  }

  private final class Opened implements BlockDriver, PlainDriver {
    private final BlockHost host;
    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private @Nullable Thread worker;

    Opened(BlockHost host) {
      this.host = host;
    }

    @Override
    public void start() {
      Thread thread = Thread.ofPlatform().daemon().unstarted(this::work);
      worker = thread;
      thread.start();
    }

    private void work() {
      try {
        while (true) {
          work.take().run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public BlockGeometry geometry() {
      return BlockGeometry.of(content.length / BLOCK, BLOCK).maxWriteZeroesBlocks(3).build();
    }

    @Override
    public BlockIdentity identity() {
      return new BlockIdentity("Tenon", "Memory disk", "1", serial);
    }

    @Override
    public BlockQueue queue(int index) {
      return batch -> {
        for (int i = 0; i < batch.size(); i++) {
          int tag = batch.tag(i);
          work.add(() -> carryOut(index, tag));
        }
        return batch.size();
      };
    }

    private void carryOut(int queue, int tag) {
      onRequest.run();
      var rows = host.requests(queue);
      int operation = rows.operation(tag);
      int at = (int) rows.block(tag) * BLOCK;
      int length = rows.blocks(tag) * BLOCK;
      synchronized (done) {
        done.add(BlockOperation.name(operation) + " " + rows.block(tag) + "+" + rows.blocks(tag));
      }
      if (operation == BlockOperation.WRITE_ZEROES || operation == BlockOperation.DISCARD) {
        MemorySegment.ofArray(content).asSlice(at, length).fill((byte) 0);
      }
      long bytes = 0;
      for (int i = 0; i < rows.segments(tag); i++) {
        long count = rows.length(tag, i);
        MemorySegment guest = rows.memory(tag, i).asSlice(rows.offset(tag, i), count);
        MemorySegment disk = MemorySegment.ofArray(content).asSlice(at + bytes, count);
        if (operation == BlockOperation.READ) {
          guest.copyFrom(disk);
        } else {
          disk.copyFrom(guest);
        }
        bytes += count;
      }
      host.complete(queue, tag, Status.OK, bytes);
    }

    @Override
    public CompletionStage<Void> quiesce() {
      CompletableFuture<Void> over = new CompletableFuture<>();
      work.add(() -> over.complete(null));
      return over;
    }

    @Override
    public CompletionStage<Void> reset() {
      return quiesce();
    }

    @Override
    public Migration migration() {
      if (refusal != null) {
        return new Migration.Refused(refusal);
      }
      return memory == null
          ? new Migration.Stateless()
          : new Migration.Stateful(
              new Identifier("memory"), stateVersion, this::save, this::restore);
    }

    private void save(OutputStream out) throws IOException {
      out.write(("remembers " + memory).getBytes(StandardCharsets.UTF_8));
    }

    private void restore(int version, InputStream in) throws IOException, DriverException {
      if (worker != null) {
        throw new DriverException(Status.INVALID, "it has started already");
      }
      memory = version + ": " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      onClose.run();
      Thread thread = worker;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
