package org.tenon.kit.testing;

import org.tenon.spi.net.NicMemory;

/** The memory of a buffer for a frame to come. */
final class LentBuffer extends LentSegments {
  private static final byte[] NOTHING = new byte[0];

  private final Posting posting;

  LentBuffer(Posting posting) {
    super(
        posting.buffer().lengths().stream().mapToInt(Integer::intValue).toArray(),
        posting.buffer().misalignment(),
        NOTHING);
    this.posting = posting;
  }

  /** One pair's buffers as the driver reads them. */
  static final class Table extends MemoryTable<LentBuffer> implements NicMemory {
    Table(int pair, int depth, FaultLog faults) {
      super(pair, depth, faults);
    }

    @Override
    public int length(int tag, int segment) {
      return row(tag).length(segment);
    }
  }

  Posting posting() {
    return posting;
  }

  @Override
  Passage<?> owner() {
    return posting;
  }

  /**
   * Reports what the driver wrote beyond the frame. Called when the buffer is back.
   *
   * @param used how many bytes of it the frame has
   */
  void check(byte[] contents, int used, FaultLog faults) {
    String stray = stray();
    if (!stray.isEmpty()) {
      faults.report(NicClauses.NO_STRAY_BYTES, FaultLog.STRAY_WRITE, posting, stray);
    }
    for (int at = Math.max(0, used); at < contents.length; at++) {
      if (contents[at] != BlockHarness.UNTOUCHED) {
        faults.report(
            NicClauses.NO_STRAY_BYTES,
            FaultLog.STRAY_WRITE,
            posting,
            "wrote byte %d of a buffer in which the frame has %d".formatted(at, used));
        return;
      }
    }
  }
}
