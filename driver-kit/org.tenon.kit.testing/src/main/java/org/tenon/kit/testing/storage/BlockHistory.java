package org.tenon.kit.testing.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockOperation;

/** Every request that a driver accepted, with its data, in the order of submission. Safe for use by any thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockHistory {
  /** A request from submission to completion. Safe for use by any thread. */
  public static final class Request {
    private final int queue;
    private final int tag;
    private final int operation;
    private final int flags;
    private final long block;
    private final int blocks;
    private final long submitted;
    private volatile byte[] data;
    private volatile int status = Status.NOT_READY;
    private volatile long completed = Ticks.NEVER;

    Request(int queue, int tag, int operation, int flags, long block, int blocks, long submitted, byte[] data) {
      this.queue = queue;
      this.tag = tag;
      this.operation = operation;
      this.flags = flags;
      this.block = block;
      this.blocks = blocks;
      this.submitted = submitted;
      this.data = data;
    }

    /** Where it was submitted. */
    public int queue() {
      return queue;
    }

    /** A code of {@link BlockOperation}. */
    public int operation() {
      return operation;
    }

    /** Bits of {@link BlockOperation}. */
    public int flags() {
      return flags;
    }

    /** The first block. */
    public long block() {
      return block;
    }

    /** How many blocks. */
    public int blocks() {
      return blocks;
    }

    /** When the driver was given it. */
    public long submitted() {
      return submitted;
    }

    /** When the driver completed it; {@link Ticks#NEVER} while it has not. */
    public long completed() {
      return completed;
    }

    /** Whether it completed as OK before that tick. */
    public boolean isOkBefore(long tick) {
      return completed < tick && status == Status.OK;
    }

    /** Whether the block is one of its own. */
    boolean touches(long number) {
      return number >= block && number < block + blocks;
    }

    /** What a write holds, or a completed read brought; empty for other operations. */
    byte[] data() {
      return data;
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    @Override
    public String toString() {
      return "%s%s of blocks %d..%d on queue %d tag %d, #%d..%s"
          .formatted(
              BlockOperation.name(operation),
              has(BlockOperation.FUA) ? " with FUA" : "",
              block,
              block + blocks - 1,
              queue,
              tag,
              submitted,
              completed == Ticks.NEVER ? "" : completed + " " + Status.name(status));
    }
  }

  private final Ticks ticks;
  private final List<Request> requests = new ArrayList<>();

  /** By queue and tag. */
  private final Map<Long, Request> inFlight = new HashMap<>();

  /** An empty history. */
  public BlockHistory(Ticks ticks) {
    this.ticks = ticks;
  }

  /** The order in which its events lie. */
  public Ticks ticks() {
    return ticks;
  }

  /** What was accepted so far. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many of an operation completed as OK so far. */
  public synchronized long completed(int operation) {
    return requests.stream().filter(r -> r.operation == operation && r.isOkBefore(Ticks.NEVER)).count();
  }

  synchronized void submitted(
      int queue, int tag, int operation, int flags, long block, int blocks, byte[] data) {
    Request request = new Request(queue, tag, operation, flags, block, blocks, ticks.next(), data);
    requests.add(request);
    inFlight.put(key(queue, tag), request);
  }

  /** The driver did not accept it after all. */
  synchronized void refused(int queue, int tag) {
    Request request = inFlight.remove(key(queue, tag));
    if (request != null) {
      requests.remove(request);
    }
  }

  /** Whether a completed read's data is wanted. */
  synchronized boolean isRead(int queue, int tag) {
    Request request = inFlight.get(key(queue, tag));
    return request != null && request.operation == BlockOperation.READ;
  }

  synchronized void completed(int queue, int tag, int status, byte[] read) {
    Request request = inFlight.remove(key(queue, tag));
    if (request != null) {
      if (request.operation == BlockOperation.READ) {
        request.data = read;
      }
      request.status = status;
      request.completed = ticks.next();
    }
  }

  private static long key(int queue, int tag) {
    return (long) queue << 32 | tag;
  }
}
