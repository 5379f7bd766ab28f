package org.tenon.kit.testing;

import java.util.Arrays;
import org.tenon.spi.block.BlockOperation;

/** The memory of one request. */
final class LentRequest extends LentSegments {
  private final Submission submission;

  LentRequest(Submission submission, int logicalBlockSize) {
    super(
        submission.request().segmentLengths(logicalBlockSize),
        submission.request().misalignment(),
        submission.request().data());
    this.submission = submission;
  }

  Submission submission() {
    return submission;
  }

  @Override
  Passage<?> owner() {
    return submission;
  }

  /** Reports what the driver did to memory that it may not write. Called at completion. */
  void check(byte[] contents, FaultLog faults) {
    String stray = stray();
    if (!stray.isEmpty()) {
      faults.report(BlockClauses.NO_STRAY_BYTES, FaultLog.STRAY_WRITE, submission, stray);
    }
    if (submission.request().operation() != BlockOperation.READ
        && !Arrays.equals(before(), contents)) {
      faults.report(
          BlockClauses.WRITE_KEEPS_MEMORY,
          FaultLog.STRAY_WRITE,
          submission,
          "changed the memory of a request that only reads it, at byte "
              + Arrays.mismatch(before(), contents));
    }
  }
}
