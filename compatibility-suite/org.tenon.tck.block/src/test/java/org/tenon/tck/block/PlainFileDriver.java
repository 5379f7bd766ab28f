package org.tenon.tck.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/**
 * A correct driver as small as the contract allows, for tests of the suite: one queue, one worker,
 * one file.
 */
class PlainFileDriver implements BlockDriver {
  private static final int BLOCK = 512;
  private static final int END = -1;

  private final BlockAgreement agreement;
  private final BlockHost host;
  private final FileChannel file;
  private final BlockGeometry geometry;
  private final BlockIdentity identity;
  private final LinkedBlockingQueue<Integer> waiting = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread worker;
  private final BlockQueue queue = this::submit;
  private int inFlight;
  private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

  PlainFileDriver(Path path, BlockAgreement agreement, BlockHost host) throws IOException {
    this.agreement = agreement;
    this.host = host;
    this.file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.geometry = BlockGeometry.of(file.size() / BLOCK, BLOCK).build();
    this.identity =
        new BlockIdentity("TENON", "plain", "1", Integer.toHexString(path.toString().hashCode()));
    this.worker = host.newThread("worker", this::work);
  }

  @Override
  public void start() {
    worker.start();
  }

  private synchronized int submit(BlockBatch batch) {
    if (inFlight == 0) {
      idle = new CompletableFuture<>();
    }
    for (int i = 0; i < batch.size(); i++) {
      inFlight++;
      waiting.add(batch.tag(i));
    }
    return batch.size();
  }

  private void work() {
    try {
      for (int tag = waiting.take(); tag != END; tag = waiting.take()) {
        int status = serve(tag);
        BlockRequests r = host.requests(0);
        boolean moved = status == Status.OK && r.operation(tag) <= BlockOperation.WRITE;
        complete(tag, status, moved ? (long) r.blocks(tag) * BLOCK : 0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void complete(int tag, int status, long bytes) {
    host.complete(0, tag, status, bytes);
    CompletableFuture<Void> done = null;
    synchronized (this) {
      if (--inFlight == 0) {
        done = idle;
      }
    }
    if (done != null) {
      done.complete(null);
    }
  }

  private int serve(int tag) {
    BlockRequests r = host.requests(0);
    int operation = r.operation(tag);
    boolean zeroes =
        operation == BlockOperation.WRITE_ZEROES && agreement.has(BlockCapabilities.WRITE_ZEROES);
    if (operation != BlockOperation.READ && operation != BlockOperation.WRITE && !zeroes) {
      return unknown(operation);
    }
    if (!geometry.contains(r.block(tag), r.blocks(tag))) {
      return Status.OUT_OF_RANGE;
    }
    try {
      if (zeroes) {
        zero(r.block(tag), r.blocks(tag));
      } else {
        long length = 0;
        for (int i = 0; i < r.segments(tag); i++) {
          length += r.length(tag, i);
        }
        if (length != (long) r.blocks(tag) * BLOCK) {
          return Status.INVALID;
        }
        transfer(r, tag, operation == BlockOperation.READ);
      }
      // Without a cache every write is durable when it completes.
      if (operation != BlockOperation.READ) {
        file.force(false);
      }
      return Status.OK;
    } catch (IOException e) {
      return "No space left on device".equals(e.getMessage()) ? Status.NO_SPACE : Status.IO_ERROR;
    }
  }

  private void transfer(BlockRequests r, int tag, boolean read) throws IOException {
    long at = r.block(tag) * BLOCK;
    for (int i = 0; i < r.segments(tag); i++) {
      MemorySegment segment = r.memory(tag, i).asSlice(r.offset(tag, i), r.length(tag, i));
      ByteBuffer bytes = segment.asByteBuffer();
      while (bytes.hasRemaining()) {
        int moved = read ? file.read(bytes, at) : file.write(bytes, at);
        if (moved < 0) {
          throw new IOException("the file has become shorter");
        }
        at += moved;
      }
    }
  }

  void zero(long block, int blocks) throws IOException {
    ByteBuffer zeroes = ByteBuffer.allocate(blocks * BLOCK);
    while (zeroes.hasRemaining()) {
      file.write(zeroes, block * BLOCK + zeroes.position());
    }
  }

  int unknown(int operation) {
    return Status.UNSUPPORTED;
  }

  @Override
  public synchronized CompletionStage<Void> quiesce() {
    return idle;
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    abortWaiting();
    return quiesce();
  }

  private void abortWaiting() {
    for (Integer tag = waiting.poll(); tag != null; tag = waiting.poll()) {
      complete(tag, Status.ABORTED, 0);
    }
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    abortWaiting();
    waiting.add(END);
    try {
      worker.join();
      file.close();
    } catch (IOException e) {
      host.log().log(System.Logger.Level.WARNING, "the file does not close", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public BlockIdentity identity() {
    return identity;
  }

  @Override
  public BlockQueue queue(int index) {
    return queue;
  }
}
