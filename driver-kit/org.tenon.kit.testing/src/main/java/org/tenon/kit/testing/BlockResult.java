package org.tenon.kit.testing;

import org.tenon.api.Stability;
import org.tenon.api.Status;

/** How a driver completed a request. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockResult {
  private final int status;
  private final long bytes;
  private final byte[] memory;

  BlockResult(int status, long bytes, byte[] memory) {
    this.status = status;
    this.bytes = bytes;
    this.memory = memory;
  }

  /** A code of {@link Status}. */
  public int status() {
    return status;
  }

  /** Whether the status is {@link Status#OK}. */
  public boolean isOk() {
    return status == Status.OK;
  }

  /** How many bytes the driver says it moved. */
  public long bytes() {
    return bytes;
  }

  /**
   * What the request's segments held, one after another, when the driver completed it; for a
   * successful read the data. Before a read the kit fills them with {@link BlockHarness#UNTOUCHED}.
   */
  public byte[] memory() {
    return memory.clone();
  }

  @Override
  public String toString() {
    return Status.name(status) + ", " + bytes + " bytes";
  }
}
