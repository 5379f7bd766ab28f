package org.tenon.kit.testing;

import java.util.Arrays;
import org.tenon.spi.net.NicFrames;

/** The memory of a frame to send. */
final class LentFrame extends LentSegments {
  private final Sending sending;

  LentFrame(Sending sending) {
    super(
        sending.frame().segmentLengths(), sending.frame().misalignment(), sending.frame().bytes());
    this.sending = sending;
  }

  /** One pair's frames as the driver reads them. */
  static final class Table extends MemoryTable<LentFrame> implements NicFrames {
    Table(int pair, int depth, FaultLog faults) {
      super(pair, depth, faults);
    }

    @Override
    public int length(int tag, int segment) {
      return row(tag).length(segment);
    }

    @Override
    public long offload(int tag) {
      return row(tag).sending.frame().offload();
    }
  }

  Sending sending() {
    return sending;
  }

  @Override
  Passage<?> owner() {
    return sending;
  }

  /** Reports what the driver did to memory that it only reads. Called when the frame is back. */
  void check(FaultLog faults) {
    String stray = stray();
    if (!stray.isEmpty()) {
      faults.report(NicClauses.SENDING_KEEPS_MEMORY, FaultLog.STRAY_WRITE, sending, stray);
    }
    int at = Arrays.mismatch(before(), contents());
    if (at >= 0) {
      faults.report(
          NicClauses.SENDING_KEEPS_MEMORY,
          FaultLog.STRAY_WRITE,
          sending,
          "changed byte %d of a %s that it only sends".formatted(at, sending.frame()));
    }
  }
}
