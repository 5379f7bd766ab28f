package org.tenon.hv.nvme;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the log pages tell, beside what the storage says of itself.
 *
 * @param errors the ring of error entries, in hexadecimal
 * @param errorCount errors so far
 * @param namespaceChanged whether the guest has not read yet that the namespace has changed
 * @param done what the controller has done
 */
@StateFormat(name = "nvme-logs", version = 1)
public record LogPagesState(
    String errors, long errorCount, boolean namespaceChanged, NvmeMetrics done) {
  /** Checks the ranges. */
  public LogPagesState {
    if (errorCount < 0) {
      throw new IllegalArgumentException("an NVMe controller with " + errorCount + " errors");
    }
  }
}
