package org.tenon.hv.nvme;

/**
 * A submission queue, as part of {@link NvmeState}.
 *
 * @param id its id, 0 for the admin queue
 * @param size entries
 * @param address guest-physical
 * @param completions the id of its completion queue
 * @param head the controller's
 * @param tail the guest's
 * @param deletedBy the command that deletes it and is not completed yet, or -1
 */
public record SubmissionQueueState(
    int id, int size, long address, int completions, int head, int tail, int deletedBy) {
  /** Checks the ranges. */
  public SubmissionQueueState {
    boolean valid =
        id >= 0
            && size >= 1
            && size <= NvmeController.MOST_ADMIN_ENTRIES
            && completions >= 0
            && head >= 0
            && head < size
            && tail >= 0
            && tail < size
            && deletedBy >= -1
            && deletedBy <= 0xffff;
    if (!valid) {
      throw new IllegalArgumentException("no submission queue " + id);
    }
  }
}
