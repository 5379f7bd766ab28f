package org.tenon.kit.bench;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;

/** One queue of a driver. {@link #complete} and {@link #ready} are called by any thread. */
final class DriverQueue implements BlockPath.Queue, BlockBatch {
  private static final int IDLE = 0;
  private static final int WITH_DRIVER = 1;

  private final BlockQueue queue;
  private final LaneRequests requests;
  private final Completions completions;
  private final AtomicIntegerArray states;
  private final AtomicLong strays = new AtomicLong();
  private final long[] sent;
  private final long[] ended;
  private final int[] statuses;
  private final int[] offeredTags;
  private int offered;
  private boolean refused;
  private long pokesBefore;

  DriverQueue(BlockQueue queue, LaneRequests requests) {
    int depth = requests.depth();
    this.queue = queue;
    this.requests = requests;
    completions = new Completions(depth);
    states = new AtomicIntegerArray(depth);
    sent = new long[depth];
    ended = new long[depth];
    statuses = new int[depth];
    offeredTags = new int[depth];
  }

  /** Called by the driver, on any thread. */
  void complete(int tag, int status) {
    if (tag < 0 || tag >= statuses.length || !states.compareAndSet(tag, WITH_DRIVER, IDLE)) {
      strays.incrementAndGet();
      return;
    }
    ended[tag] = System.nanoTime();
    statuses[tag] = status;
    completions.put(tag);
  }

  /** Called by the driver, on any thread. */
  void ready() {
    completions.poke();
  }

  /** Whether the driver has completed only what it had. */
  void check() throws BenchException {
    if (strays.get() > 0) {
      throw new BenchException(
          "the driver completed %d requests that were not in flight".formatted(strays.get()));
    }
  }

  @Override
  public int size() {
    return offered;
  }

  @Override
  public int tag(int index) {
    return offeredTags[index];
  }

  @Override
  public void put(int tag, boolean read, long block) {
    requests.set(tag, read ? BlockOperation.READ : BlockOperation.WRITE, block);
    offeredTags[offered++] = tag;
  }

  @Override
  public void send() throws BenchException {
    if (offered == 0 || (refused && completions.pokes() == pokesBefore)) {
      return;
    }
    long now = System.nanoTime();
    for (int i = 0; i < offered; i++) {
      sent[offeredTags[i]] = now;
      states.set(offeredTags[i], WITH_DRIVER);
    }
    pokesBefore = completions.pokes();
    int accepted = queue.submit(this);
    if (accepted < 0 || accepted > offered) {
      throw new BenchException("submit answered %d to a batch of %d".formatted(accepted, offered));
    }
    offered -= accepted;
    for (int i = 0; i < offered; i++) {
      offeredTags[i] = offeredTags[accepted + i];
      states.set(offeredTags[i], IDLE);
    }
    refused = offered > 0;
  }

  @Override
  public int poll() {
    int tag = completions.poll();
    if (tag >= 0) {
      refused = false;
    }
    return tag;
  }

  @Override
  public long sent(int tag) {
    return sent[tag];
  }

  @Override
  public long ended(int tag) {
    return ended[tag];
  }

  @Override
  public boolean isOk(int tag) {
    return statuses[tag] == Status.OK;
  }

  @Override
  public void await(long nanos) {
    completions.await(pokesBefore, nanos);
  }
}
