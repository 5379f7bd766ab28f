package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;

/** Drivers that start, rest, fail, reset and end wrongly. */
final class LifeCycleMutants {
  private LifeCycleMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "health-throws",
            "throws from health before it was started",
            Variation.driver(HealthThrows::new),
            "DRV-006"),
        Mutant.of(
            "migration-changes",
            "answers differently each time how it migrates",
            Variation.driver(Undecided::new),
            "DRV-007"),
        Mutant.of(
            "second-close-throws",
            "throws when it is closed twice",
            Variation.driver(ClosesOnce::new),
            "DRV-008"),
        Mutant.of(
            "leaks-thread",
            "leaves a thread behind",
            Variation.driver(LeaksThread::new),
            "DRV-009"),
        Mutant.of(
            "leaks-timer", "leaves a timer behind", Variation.driver(LeaksTimer::new), "DRV-009"),
        Mutant.of(
            "quiesced-too-early",
            "says that it rests while a request is in flight",
            Variation.driver(RestsEarly::new),
            "DRV-010"),
        Mutant.of(
            "hangs-in-quiesce",
            "never says that it rests",
            Variation.driver(NeverRests::new),
            "DRV-010",
            "DRV-019"),
        Mutant.of(
            "deaf-after-resume",
            "serves nothing after a pause",
            Variation.queue(Deaf::new),
            "DRV-011",
            "BLK-028"),
        Mutant.of(
            "hangs-in-reset",
            "never says that it was reset",
            Variation.driver(NeverReset::new),
            "DRV-012",
            "DRV-019"),
        Mutant.of(
            "close-forgets",
            "forgets what is in flight when it is closed",
            Variation.queue(Forgetful::new),
            "BLK-057",
            "BLK-028"),
        Mutant.of(
            "stale-after-reset",
            "shows, after a reset, what it had read before",
            Variation.storage(StaleAfterReset::new),
            "BLK-053",
            "BLK-022",
            "BLK-016"),
        Mutant.of(
            "aborted-write-later",
            "carries out an aborted write after the reset",
            Variation.queue(AppliesLater::new),
            "BLK-053",
            "BLK-054",
            "BLK-055"),
        Mutant.of(
            "short-write-ignored",
            "takes a short write for a whole one",
            Variation.storage(ShortWrites::new),
            "BLK-016"),
        Mutant.of(
            "error-swallowed",
            "answers OK where the storage failed",
            Variation.queue(Swallows::new),
            "BLK-060",
            "BLK-061"),
        Mutant.of(
            "dies-of-an-error",
            "serves nothing after an error of the storage",
            Variation.queue(Dies::new),
            "BLK-060"),
        Mutant.of(
            "full-is-not-said",
            "answers MEDIUM_ERROR where the storage is full",
            Variation.queue(NoNoSpace::new),
            "BLK-062"),
        Mutant.of(
            "instances-share",
            "shares its cache with every other instance",
            Variation.storage(Shares::new),
            "DRV-020",
            "BLK-016"));
  }

  // no longer large

  private static final class HealthThrows extends BaseDriver {
    private volatile boolean started;

    HealthThrows(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public void start() throws DriverException {
      super.start();
      started = true;
    }

    @Override
    public Health health() {
      if (!started) {
        throw new IllegalStateException("not started");
      }
      return super.health();
    }
  }

  private static final class Undecided extends BaseDriver {
    private int asked;

    Undecided(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public Migration migration() {
      return new Migration.Refused("asked " + ++asked + " times");
    }
  }

  private static final class ClosesOnce extends BaseDriver {
    private boolean over;

    ClosesOnce(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public void close() {
      if (over) {
        throw new IllegalStateException("closed");
      }
      over = true;
      super.close();
    }
  }

  private static final class LeaksThread extends BaseDriver {
    LeaksThread(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public void start() throws DriverException {
      super.start();
      host().newThread("forgotten", this::stay).start();
    }

    private void stay() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class LeaksTimer extends BaseDriver {
    LeaksTimer(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public void start() throws DriverException {
      super.start();
      host().clock().schedule(Duration.ofHours(1), () -> {});
    }
  }

  private static final class RestsEarly extends BaseDriver {
    RestsEarly(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public CompletionStage<Void> quiesce() {
      return CompletableFuture.completedFuture(null);
    }
  }

  private static final class NeverRests extends BaseDriver {
    NeverRests(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public CompletionStage<Void> quiesce() {
      return super.quiesce().thenCompose(done -> new CompletableFuture<>());
    }
  }

  private static final class NeverReset extends BaseDriver {
    NeverReset(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    public CompletionStage<Void> reset() {
      return super.reset().thenCompose(done -> new CompletableFuture<>());
    }
  }

  private static final class Deaf extends BaseQueue {
    private volatile boolean paused;

    Deaf(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    CompletableFuture<Void> whenIdle() {
      paused = true;
      return super.whenIdle();
    }

    @Override
    void complete(int tag, int status, long bytes) {
      if (!paused) {
        super.complete(tag, status, bytes);
      }
    }
  }

  private static final class Forgetful extends BaseQueue {
    private volatile boolean closing;

    Forgetful(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void close() {
      closing = true;
      super.close();
    }

    @Override
    void complete(int tag, int status, long bytes) {
      if (!closing) {
        super.complete(tag, status, bytes);
      }
    }
  }

  private static final class StaleAfterReset extends BaseStorage {
    private final Map<Long, byte[]> seen = new HashMap<>();
    private boolean wasReset;

    StaleAfterReset(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        byte[] now = new byte[BLOCK];
        target.get(at, now);
        byte[] first = seen.computeIfAbsent(offset + at, where -> now);
        if (wasReset) {
          target.put(at, first);
        }
      }
    }

    @Override
    synchronized void reset() {
      wasReset = true;
    }
  }

  private static final class AppliesLater extends BaseQueue {
    /** An aborted write that is still to come. */
    private record Late(ByteBuffer data, long offset) {}

    private final AtomicReference<@Nullable Late> late = new AtomicReference<>();
    private final AtomicReference<@Nullable Late> due = new AtomicReference<>();
    private volatile boolean aborting;

    AppliesLater(BaseDriver driver, int index) {
      super(driver, index);
    }

    /** The host submits again, so the reset is over. */
    @Override
    public int submit(BlockBatch batch) {
      Late write = late.getAndSet(null);
      if (write != null) {
        due.set(write);
      }
      return super.submit(batch);
    }

    @Override
    void abort() {
      aborting = true;
      super.abort();
      aborting = false;
    }

    @Override
    void complete(int tag, int status, long bytes) {
      if (aborting && requests.operation(tag) == BlockOperation.WRITE && check(tag) == Status.OK) {
        ByteBuffer data = buffer(requests.blocks(tag) * BaseStorage.BLOCK);
        gather(tag, data);
        late.set(new Late(data.flip(), offset(tag)));
      }
      super.complete(tag, status, bytes);
    }

    @Override
    void dispatch(int tag) throws IOException {
      super.dispatch(tag);
      Late write = requests.operation(tag) == BlockOperation.WRITE ? due.getAndSet(null) : null;
      if (write != null) {
        driver.storage().write(index, write.data(), write.offset(), false);
      }
    }
  }

  private static final class ShortWrites extends BaseStorage {
    ShortWrites(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void put(ByteBuffer data, long offset) throws IOException {
      channel().write(data, offset);
    }
  }

  private static final class Swallows extends BaseQueue {
    Swallows(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int statusOf(IOException e) {
      return Status.OK;
    }
  }

  private static final class Dies extends BaseQueue {
    private volatile boolean failed;

    Dies(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      return failed ? Status.NOT_READY : super.check(tag);
    }

    @Override
    int statusOf(IOException e) {
      failed = true;
      return super.statusOf(e);
    }
  }

  private static final class NoNoSpace extends BaseQueue {
    NoNoSpace(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int statusOf(IOException e) {
      return Status.MEDIUM_ERROR;
    }
  }

  private static final class Shares extends BaseStorage {
    private static final Map<Long, byte[]> CACHE = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> own = new ConcurrentHashMap<>();

    Shares(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      super.write(queue, data.duplicate(), offset, fua);
      for (int at = 0; at < data.limit(); at += BLOCK) {
        byte[] block = new byte[BLOCK];
        data.get(at, block);
        CACHE.put(offset + at, block);
        own.put(offset + at, true);
      }
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        byte[] block = CACHE.get(offset + at);
        if (block != null && own.containsKey(offset + at)) {
          target.put(at, block);
        }
      }
    }

    @Override
    void zero(int queue, long offset, long length, boolean fua) throws IOException {
      for (long at = offset; at < offset + length; at += BLOCK) {
        own.remove(at);
      }
      super.zero(queue, offset, length, fua);
    }
  }
}
