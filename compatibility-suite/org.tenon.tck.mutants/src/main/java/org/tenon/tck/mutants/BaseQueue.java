package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/** One queue with one thread, which carries out what was submitted in order. */
class BaseQueue implements BlockQueue {
  final BaseDriver driver;
  final int index;
  final BlockRequests requests;

  private final Thread worker;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> idle = new ArrayList<>();
  private boolean busy;
  private boolean closed;

  BaseQueue(BaseDriver driver, int index) {
    this.driver = driver;
    this.index = index;
    this.requests = driver.host().requests(index);
    this.worker = driver.host().newThread("queue-" + index, this::work);
  }

  final void start() {
    worker.start();
  }

  @Override
  public int submit(BlockBatch batch) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      enqueue(batch.tag(i));
    }
    return size;
  }

  final synchronized void enqueue(int tag) {
    waiting.add(tag);
    notifyAll();
  }

  private void work() {
    Integer tag;
    while ((tag = next()) != null) {
      serve(tag);
      rest();
    }
  }

  private synchronized @Nullable Integer next() {
    while (waiting.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        closed = true;
      }
    }
    Integer tag = waiting.poll();
    busy = tag != null;
    return tag;
  }

  private void rest() {
    List<CompletableFuture<Void>> over = new ArrayList<>();
    synchronized (this) {
      busy = false;
      if (waiting.isEmpty()) {
        over.addAll(idle);
        idle.clear();
      }
    }
    over.forEach(stage -> stage.complete(null));
  }

  /** Completes when nothing accepted is left. */
  CompletableFuture<Void> whenIdle() {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    synchronized (this) {
      if (busy || !waiting.isEmpty()) {
        idle.add(stage);
        return stage;
      }
    }
    stage.complete(null);
    return stage;
  }

  /** Ends what has not begun. */
  void abort() {
    List<Integer> aborted;
    synchronized (this) {
      aborted = new ArrayList<>(waiting);
      waiting.clear();
    }
    aborted.forEach(tag -> complete(tag, Status.ABORTED, 0));
  }

  /** Ends the thread, when what it carries out is over. */
  void close() {
    abort();
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    if (worker.getState() != Thread.State.NEW) {
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
  }

  void serve(int tag) {
    int status = carryOut(tag);
    boolean moves =
        requests.operation(tag) == BlockOperation.READ
            || requests.operation(tag) == BlockOperation.WRITE;
    complete(
        tag,
        status,
        status == Status.OK && moves ? (long) requests.blocks(tag) * BaseStorage.BLOCK : 0);
  }

  void complete(int tag, int status, long bytes) {
    driver.host().complete(index, tag, status, bytes);
  }

  final int carryOut(int tag) {
    int status = check(tag);
    if (status != Status.OK) {
      return status;
    }
    try {
      dispatch(tag);
      return Status.OK;
    } catch (IOException e) {
      return statusOf(e);
    }
  }

  int statusOf(IOException e) {
    return String.valueOf(e.getMessage()).contains("No space left")
        ? Status.NO_SPACE
        : Status.IO_ERROR;
  }

  int check(int tag) {
    int operation = requests.operation(tag);
    if (!driver.understands(operation)) {
      return Status.UNSUPPORTED;
    }
    if (operation == BlockOperation.FLUSH) {
      return Status.OK;
    }
    BlockGeometry geometry = driver.geometry();
    if (operation != BlockOperation.READ && geometry.readOnly()) {
      return Status.READ_ONLY;
    }
    int blocks = requests.blocks(tag);
    if (!geometry.contains(requests.block(tag), blocks)) {
      return Status.OUT_OF_RANGE;
    }
    boolean moves = operation == BlockOperation.READ || operation == BlockOperation.WRITE;
    if (moves
        && (blocks > geometry.maxTransferBlocks()
            || Segments.length(requests, tag) != (long) blocks * BaseStorage.BLOCK)) {
      return Status.INVALID;
    }
    return Status.OK;
  }

  void dispatch(int tag) throws IOException {
    BaseStorage storage = driver.storage();
    long offset = offset(tag);
    long length = (long) requests.blocks(tag) * BaseStorage.BLOCK;
    boolean fua = (requests.flags(tag) & BlockOperation.FUA) != 0;
    switch (requests.operation(tag)) {
      case BlockOperation.READ -> {
        ByteBuffer bytes = buffer((int) length);
        storage.read(index, bytes, offset);
        scatter(bytes.flip(), tag);
      }
      case BlockOperation.WRITE -> {
        ByteBuffer bytes = buffer((int) length);
        gather(tag, bytes);
        storage.write(index, bytes.flip(), offset, fua);
      }
      case BlockOperation.FLUSH -> storage.flush(index);
      case BlockOperation.DISCARD -> storage.discard(index, offset, length);
      default -> storage.zero(index, offset, length, fua);
    }
  }

  long offset(int tag) {
    return requests.block(tag) * BaseStorage.BLOCK;
  }

  ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length);
  }

  void scatter(ByteBuffer bytes, int tag) {
    Segments.scatter(bytes, requests, tag);
  }

  void gather(int tag, ByteBuffer bytes) {
    Segments.gather(requests, tag, bytes);
  }
}
