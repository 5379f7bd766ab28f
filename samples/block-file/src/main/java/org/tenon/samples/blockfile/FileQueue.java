package org.tenon.samples.blockfile;

import java.util.concurrent.CompletableFuture;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockQueue;

/**
 * One queue: tags wait here between the host's submitting thread and the workers. Its monitor is
 * held for a few steps only and never during I/O, so that {@link #submit} never blocks. Allocates
 * nothing for a request.
 */
final class FileQueue implements BlockQueue {
  /** What {@link #take} answers instead of a tag when the worker shall end. */
  static final int END = -1;

  /** What {@link #take} answers instead of a tag when the worker shall look after the device. */
  static final int CHORE = -2;

  private final int index;
  private final BlockHost host;
  private final int[] waiting;
  private int first;
  private int count;
  private int inFlight;
  private boolean choreDue;
  private boolean ending;
  private CompletableFuture<Void> idle = new CompletableFuture<>();

  FileQueue(int index, int depth, BlockHost host) {
    this.index = index;
    this.host = host;
    this.waiting = new int[depth];
  }

  @Override
  public synchronized int submit(BlockBatch batch) {
    int accepted = ending ? 0 : Math.min(batch.size(), waiting.length - count);
    for (int i = 0; i < accepted; i++) {
      waiting[(first + count) % waiting.length] = batch.tag(i);
      count++;
      notify();
    }
    inFlight += accepted;
    return accepted;
  }

  /** Waits for something to do. Called by the workers. */
  synchronized int take() {
    while (true) {
      if (choreDue) {
        choreDue = false;
        return CHORE;
      }
      if (count > 0) {
        return removeFirst();
      }
      if (ending) {
        return END;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        // Nobody asks a worker to stop this way; end() does.
      }
    }
  }

  /**
   * Ends a request. Called by the workers, and by the control thread for requests that no worker
   * has taken.
   */
  void complete(int tag, int status, long bytes) {
    host.complete(index, tag, status, bytes);
    CompletableFuture<Void> reached = null;
    synchronized (this) {
      inFlight--;
      if (inFlight == 0) {
        reached = idle;
      }
    }
    if (reached != null) {
      reached.complete(null);
    }
  }

  /**
   * Completes when nothing is in flight. Called by the control thread while the host submits
   * nothing.
   */
  CompletableFuture<Void> whenIdle() {
    synchronized (this) {
      idle = new CompletableFuture<>();
      if (inFlight > 0) {
        return idle;
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Completes as ABORTED what no worker has taken yet. */
  void abortWaiting() {
    for (int tag = takeWaiting(); tag >= 0; tag = takeWaiting()) {
      complete(tag, Status.ABORTED, 0);
    }
  }

  /** Has a worker look after the device. Called by the host's timer; does not block. */
  synchronized void requestChore() {
    choreDue = true;
    notify();
  }

  /** Has the workers end once nothing waits. */
  synchronized void end() {
    ending = true;
    notifyAll();
  }

  private synchronized int takeWaiting() {
    return count > 0 ? removeFirst() : END;
  }

  private int removeFirst() {
    int tag = waiting[first];
    first = (first + 1) % waiting.length;
    count--;
    return tag;
  }
}
