package org.tenon.kit.testing.fault;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/**
 * Stands between the inner driver and its host: shows it changed requests, and changes what it
 * completes.
 */
final class FaultyHost implements BlockHost {
  private final BlockHost outer;
  private final FaultScript script;
  private final List<FaultyRequests> requests = new ArrayList<>();
  private final Map<Delayed, HostClock.Timer> delayed = new ConcurrentHashMap<>();

  FaultyHost(BlockHost outer, BlockAgreement agreement, FaultScript script) {
    this.outer = outer;
    this.script = script;
    for (int queue = 0; queue < agreement.queues(); queue++) {
      requests.add(new FaultyRequests(outer.requests(queue), agreement.queueDepth()));
    }
  }

  /** The requests as the host sees them. */
  BlockRequests outer(int queue) {
    return outer.requests(queue);
  }

  /** A request is about to be offered to the inner driver. */
  void expect(int queue, int tag, @Nullable Injection injection) {
    FaultyRequests table = requests.get(queue);
    table.expect(tag, injection);
    if (outer.requests(queue).operation(tag) == BlockOperation.WRITE) {
      switch (injection) {
        case Injection.Corrupt corrupt -> flipOneBit(table.replaceData(tag));
        case Injection.Tear tear -> table.shorten(tag, tear.blocks());
        case null, default -> {}
      }
    }
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    FaultyRequests table = requests.get(queue);
    Injection injection = table.finish(tag);
    switch (injection) {
      case Injection.Delay delay -> finishLater(new Delayed(queue, tag, status, bytes), delay);
      case Injection.Drop drop -> {}
      case Injection.Duplicate duplicate -> {
        finish(queue, tag, status, bytes);
        finish(queue, tag, status, bytes);
      }
      case Injection.Corrupt corrupt -> {
        if (table.operation(tag) == BlockOperation.READ) {
          corrupt(table, tag);
        }
        finish(queue, tag, status, bytes);
      }
      case Injection.Tear tear
          when status == Status.OK && table.operation(tag) == BlockOperation.WRITE ->
          finish(queue, tag, status, table.wholeLength(tag));
      case null, default -> finish(queue, tag, status, bytes);
    }
  }

  /** Completes a request towards the real host. */
  void finish(int queue, int tag, int status, long bytes) {
    outer.complete(queue, tag, status, bytes);
  }

  /** Completes now what would complete later. */
  void completeDelayed() {
    List.copyOf(delayed.keySet()).forEach(this::finishDelayed);
  }

  private void finishLater(Delayed completion, Injection.Delay delay) {
    delayed.put(completion, () -> {});
    HostClock.Timer timer = outer.clock().schedule(delay.by(), () -> finishDelayed(completion));
    if (delayed.replace(completion, timer) == null) {
      timer.cancel();
    }
  }

  private void finishDelayed(Delayed completion) {
    if (completion.over.compareAndSet(false, true)) {
      HostClock.Timer timer = delayed.remove(completion);
      if (timer != null) {
        timer.cancel();
      }
      finish(completion.queue, completion.tag, completion.status, completion.bytes);
    }
  }

  private void corrupt(BlockRequests table, int tag) {
    int segment = script.next(table.segments(tag));
    flipOneBit(
        table.memory(tag, segment).asSlice(table.offset(tag, segment), table.length(tag, segment)));
  }

  private void flipOneBit(MemorySegment data) {
    if (data.byteSize() > 0) {
      int at = script.next((int) data.byteSize());
      byte flipped = (byte) (data.get(ValueLayout.JAVA_BYTE, at) ^ (1 << script.next(8)));
      data.set(ValueLayout.JAVA_BYTE, at, flipped);
    }
  }

  @Override
  public BlockRequests requests(int queue) {
    return requests.get(queue);
  }

  @Override
  public void queueReady(int queue) {
    outer.queueReady(queue);
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    outer.geometryChanged(now);
  }

  @Override
  public HostClock clock() {
    return outer.clock();
  }

  @Override
  public Deadlines deadlines() {
    return outer.deadlines();
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return outer.newThread(name, work);
  }

  @Override
  public System.Logger log() {
    return outer.log();
  }

  @Override
  public void healthChanged(Health now) {
    outer.healthChanged(now);
  }

  /** A completion that waits. Two are never equal: a class, not a record. */
  private static final class Delayed {
    private final int queue;
    private final int tag;
    private final int status;
    private final long bytes;
    private final AtomicBoolean over = new AtomicBoolean();

    Delayed(int queue, int tag, int status, long bytes) {
      this.queue = queue;
      this.tag = tag;
      this.status = status;
      this.bytes = bytes;
    }
  }
}
