package org.tenon.samples.blocknbd;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/**
 * One queue: a ring of tags between the host's submitting thread and the connection's thread.
 * Neither ever waits for the other; nothing is allocated.
 */
final class NbdQueue implements BlockQueue {
  private final int index;
  private final BlockHost host;
  private final BlockRequests requests;
  private final AtomicIntegerArray tags;
  private final AtomicLongArray times;
  private final int mask;
  private volatile long head;
  private volatile long tail;
  private volatile Runnable wake = () -> {};

  NbdQueue(int index, int depth, BlockHost host) {
    this.index = index;
    this.host = host;
    this.requests = host.requests(index);
    int capacity = Integer.highestOneBit(Math.max(1, depth - 1)) << 1;
    this.tags = new AtomicIntegerArray(capacity);
    this.times = new AtomicLongArray(capacity);
    this.mask = capacity - 1;
  }

  /** Names who is woken by new requests. Called before the first. */
  void servedBy(Runnable connection) {
    wake = connection;
  }

  @Override
  public int submit(BlockBatch batch) {
    long now = host.clock().nanoTime();
    long at = tail;
    int accepted = (int) Math.min(batch.size(), tags.length() - (at - head));
    for (int i = 0; i < accepted; i++) {
      tags.setPlain((int) (at + i) & mask, batch.tag(i));
      times.setPlain((int) (at + i) & mask, now);
    }
    tail = at + accepted;
    wake.run();
    return accepted;
  }

  /** Whether a tag waits. Called by the connection's thread, as all below. */
  boolean isEmpty() {
    return head == tail;
  }

  /** The tag that has waited longest. */
  int peekTag() {
    return tags.getPlain((int) head & mask);
  }

  /** When it was submitted, in nanoseconds of the host's clock. */
  long peekTime() {
    return times.getPlain((int) head & mask);
  }

  void remove() {
    long next = head + 1;
    head = next;
  }

  BlockRequests requests() {
    return requests;
  }

  void complete(int tag, int status, long bytes) {
    host.complete(index, tag, status, bytes);
  }
}
