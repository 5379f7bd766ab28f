package org.tenon.hv.nvme;

/**
 * A completion queue, as part of {@link NvmeState}.
 *
 * @param id its id, 0 for the admin queue
 * @param size entries
 * @param address guest-physical
 * @param vector the interrupt vector
 * @param interrupts whether the guest wants interrupts
 * @param head the guest's
 * @param tail the controller's
 * @param phase the phase tag of the next entry, 0 or 1
 */
public record CompletionQueueState(
    int id, int size, long address, int vector, boolean interrupts, int head, int tail, int phase) {
  /** Checks the ranges. */
  public CompletionQueueState {
    boolean valid =
        id >= 0
            && size >= 1
            && size <= NvmeController.MOST_ADMIN_ENTRIES
            && vector >= 0
            && head >= 0
            && head < size
            && tail >= 0
            && tail < size
            && phase >>> 1 == 0;
    if (!valid) {
      throw new IllegalArgumentException("no completion queue " + id);
    }
  }
}
