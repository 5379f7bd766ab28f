package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.block.BlockAgreement;

/**
 * Drivers that fail an operating system: where a disk is larger, a request longer, a life busier
 * than in the tests of the other tiers. Each names the test that must catch it, so that a run boots
 * once for each.
 */
public final class GuestMutants {
  private GuestMutants() {}

  /**
   * A mutant and the guest test that is to catch it.
   *
   * @param mutant what is wrong
   * @param test the test's name
   */
  public record Case(Mutant mutant, String test) {
    @Override
    public String toString() {
      return mutant + " (" + test + ")";
    }
  }

  /** All of them. */
  public static List<Case> all() {
    return List.of(
        new Case(
            Mutant.of(
                "offset-wraps-at-32-mib",
                "writes what lies past 32 MiB to the start of the image",
                Variation.storage(Wraps::new),
                "BLK-078"),
            "Ext4OnTheVirtioDisk"),
        new Case(
            Mutant.of(
                "tires-after-300-writes",
                "acknowledges writes without carrying them out, after the first three hundred",
                Variation.storage(Tires::new),
                "BLK-079"),
            "ManyWriteToTheNvmeDisk"),
        new Case(
            Mutant.of(
                "keeps-the-last-write-back",
                "holds a write in memory until the next one, whatever is flushed",
                Variation.storage(HoldsBack::new),
                "BLK-080"),
            "FlushedWritesOfTheVirtioDisk"),
        new Case(
            Mutant.of(
                "long-discard-too-wide",
                "rounds a discard of more than 128 KiB out to 1 MiB",
                Variation.storage(WideDiscard::new),
                "BLK-081"),
            "DiscardOnTheNvmeDisk"),
        new Case(
            Mutant.of(
                "dies-of-the-tenth-reset",
                "fails every request after ten resets",
                Variation.driver(Dies::new),
                "BLK-083"),
            "ControllerResetsOfTheNvmeDisk"));
  }

  /** See offset-wraps-at-32-mib. */
  private static final class Wraps extends BaseStorage {
    private static final long END = 32L << 20;

    Wraps(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      super.write(queue, data, offset >= END ? offset - END : offset, fua);
    }
  }

  /** See tires-after-300-writes. */
  private static final class Tires extends BaseStorage {
    private static final int FRESH = 300;

    private final AtomicInteger writes = new AtomicInteger();

    Tires(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      if (writes.incrementAndGet() <= FRESH) {
        super.write(queue, data, offset, fua);
      }
    }
  }

  /** See keeps-the-last-write-back. */
  private static final class HoldsBack extends BaseStorage {
    private @Nullable ByteBuffer held;
    private long place;

    HoldsBack(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      release();
      held = data;
      place = offset;
    }

    @Override
    void read(int queue, ByteBuffer target, long offset) throws IOException {
      synchronized (this) {
        release();
      }
      super.read(queue, target, offset);
    }

    private void release() throws IOException {
      ByteBuffer old = held;
      held = null;
      if (old != null) {
        put(old, place);
      }
    }
  }

  /** See long-discard-too-wide. */
  private static final class WideDiscard extends BaseStorage {
    private static final long LONG = 128L << 10;
    private static final long UNIT = 1L << 20;

    WideDiscard(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void discard(int queue, long offset, long length) throws IOException {
      if (length > LONG) {
        long from = offset & -UNIT;
        long to = Math.min((offset + length + UNIT - 1) & -UNIT, channel().size());
        super.discard(queue, from, to - from);
      } else {
        super.discard(queue, offset, length);
      }
    }
  }

  /** See dies-of-the-tenth-reset. */
  private static final class Dies extends BaseDriver {
    private static final int LAST = 10;

    private int resets;

    Dies(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    boolean understands(int operation) {
      return resets < LAST && super.understands(operation);
    }

    @Override
    public CompletionStage<Void> reset() {
      resets++;
      return super.reset();
    }
  }
}
