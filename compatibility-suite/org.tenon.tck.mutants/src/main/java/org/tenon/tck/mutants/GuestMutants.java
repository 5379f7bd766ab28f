package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
                "tires-after-300-writes",
                "acknowledges writes without carrying them out, after the first three hundred",
                Variation.storage(Tires::new),
                "BLK-079"),
            "ManyWriteToTheNvmeDisk"),
        new Case(
            Mutant.of(
                "long-discard-too-wide",
                "rounds a discard of more than 128 KiB out to 1 MiB",
                Variation.storage(WideDiscard::new),
                "BLK-081"),
            "DiscardOnTheNvmeDisk"));
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
}
