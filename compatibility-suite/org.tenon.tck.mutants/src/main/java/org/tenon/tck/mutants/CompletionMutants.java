package org.tenon.tck.mutants;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;

/** Drivers that take and give back requests wrongly. */
final class CompletionMutants {
  private CompletionMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "wrong-byte-count",
            "reports blocks instead of bytes",
            Variation.queue(CountsBlocks::new),
            "BLK-024"),
        Mutant.of(
            "completes-twice",
            "completes each sixteenth request twice",
            Variation.queue(Twice::new),
            "BLK-028",
            "BLK-029"),
        Mutant.of(
            "forgets-one-in-a-thousand",
            "forgets one completion in a thousand",
            Variation.queue(Forgets::new),
            "BLK-028"),
        Mutant.of(
            "completes-unknown",
            "completes a tag that it was never given",
            Variation.queue(Unknown::new),
            "BLK-029"),
        Mutant.of(
            "accepts-more-than-offered",
            "says that it accepted one more than was offered",
            Variation.queue(Boasts::new),
            "BLK-030"),
        Mutant.of(
            "blocks-in-submit",
            "does the work within submit",
            Variation.queue(Inline::new),
            "BLK-031"),
        Mutant.of(
            "full-queue-loses",
            "loses the request that fills the queue",
            Variation.queue(Overfull::new),
            "BLK-028",
            "BLK-032"),
        Mutant.of(
            "never-ready",
            "refuses a batch while idle and does not say when it is ready",
            Variation.queue(NeverReady::new),
            "BLK-033"),
        Mutant.of(
            "keeps-the-batch",
            "reads the batch after submit has returned",
            Variation.queue(KeepsBatch::new),
            "BLK-034"),
        Mutant.of(
            "memory-after-completion",
            "fills a read's memory after completing it",
            Variation.queue(LateCopy::new),
            "BLK-035",
            "BLK-016",
            "BLK-017"),
        Mutant.of(
            "row-after-completion",
            "logs what was asked after completing it",
            Variation.queue(LateRow::new),
            "BLK-035"),
        Mutant.of(
            "queues-race", "shares one buffer between its queues", shared(), "BLK-036", "BLK-016"),
        Mutant.of(
            "throws-from-submit",
            "throws where a request makes no sense",
            Variation.queue(Throws::new),
            "DRV-013"));
  }

  // no longer large

  private static BaseFactory shared() {
    return new BaseFactory() {
      private final ByteBuffer one = ByteBuffer.allocate(1 << 20);

      @Override
      BaseQueue newQueue(BaseDriver driver, int index) {
        return new BaseQueue(driver, index) {
          @Override
          ByteBuffer buffer(int length) {
            return one.slice(0, length);
          }
        };
      }
    };
  }

  private static final class CountsBlocks extends BaseQueue {
    CountsBlocks(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      super.complete(tag, status, bytes / BaseStorage.BLOCK);
    }
  }

  private static final class Twice extends BaseQueue {
    private final AtomicInteger served = new AtomicInteger();

    Twice(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      super.complete(tag, status, bytes);
      if (served.incrementAndGet() % 16 == 0) {
        super.complete(tag, status, bytes);
      }
    }
  }

  private static final class Forgets extends BaseQueue {
    private final AtomicInteger served = new AtomicInteger();

    Forgets(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      if (served.incrementAndGet() % 1000 != 0) {
        super.complete(tag, status, bytes);
      }
    }
  }

  private static final class Unknown extends BaseQueue {
    private final AtomicInteger served = new AtomicInteger();

    Unknown(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      super.complete(tag, status, bytes);
      if (served.incrementAndGet() % 16 == 0) {
        super.complete(1 << 20, status, 0);
      }
    }
  }

  private static final class Boasts extends BaseQueue {
    Boasts(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      return super.submit(batch) + 1;
    }
  }

  private static final class Inline extends BaseQueue {
    Inline(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        serve(batch.tag(i));
      }
      return batch.size();
    }
  }

  private static final class Overfull extends BaseQueue {
    private final AtomicInteger accepted = new AtomicInteger();

    Overfull(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      int size = batch.size();
      for (int i = 0; i < size; i++) {
        if (accepted.incrementAndGet() < driver.depth()) {
          enqueue(batch.tag(i));
        }
      }
      return size;
    }

    @Override
    void complete(int tag, int status, long bytes) {
      accepted.decrementAndGet();
      super.complete(tag, status, bytes);
    }
  }

  private static final class NeverReady extends BaseQueue {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger beginnings = new AtomicInteger();

    NeverReady(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      int before = inFlight.getAndAdd(batch.size());
      if (before == 0 && beginnings.incrementAndGet() % 4 == 0) {
        inFlight.addAndGet(-batch.size());
        return 0;
      }
      return super.submit(batch);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      inFlight.decrementAndGet();
      super.complete(tag, status, bytes);
    }
  }

  private static final class KeepsBatch extends BaseQueue {
    KeepsBatch(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      int size = batch.size();
      driver.host().newThread("late", () -> enqueueAll(batch, size)).start();
      return size;
    }

    private void enqueueAll(BlockBatch batch, int size) {
      for (int i = 0; i < size; i++) {
        enqueue(batch.tag(i));
      }
    }
  }

  private static final class LateCopy extends BaseQueue {
    private ByteBuffer late = ByteBuffer.allocate(0);

    LateCopy(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void scatter(ByteBuffer bytes, int tag) {
      late = bytes;
    }

    @Override
    void complete(int tag, int status, long bytes) {
      boolean read = status == Status.OK && requests.operation(tag) == BlockOperation.READ;
      super.complete(tag, status, bytes);
      if (read) {
        Segments.scatter(late, requests, tag);
      }
    }
  }

  private static final class LateRow extends BaseQueue {
    LateRow(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status, long bytes) {
      super.complete(tag, status, bytes);
      driver.host().log().log(System.Logger.Level.TRACE, "served {0} blocks", requests.blocks(tag));
    }
  }

  private static final class Throws extends BaseQueue {
    Throws(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int submit(BlockBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        if (check(batch.tag(i)) == Status.OUT_OF_RANGE) {
          throw new IllegalArgumentException("no such block: " + requests.block(batch.tag(i)));
        }
      }
      return super.submit(batch);
    }
  }
}
