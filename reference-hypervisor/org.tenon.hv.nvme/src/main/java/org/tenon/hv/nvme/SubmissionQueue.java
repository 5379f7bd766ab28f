package org.tenon.hv.nvme;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/** A submission queue in guest memory (4.1), of which the controller owns the head. */
final class SubmissionQueue {
  private final int id;
  private final int size;
  private final CompletionQueue completions;
  private final MemoryRegion region;
  private final long offset;
  private int head;
  private int tail;

  private SubmissionQueue(
      int id, int size, CompletionQueue completions, MemoryRegion region, long offset) {
    this.id = id;
    this.size = size;
    this.completions = completions;
    this.region = region;
    this.offset = offset;
  }

  /** A queue at an address, or null where that is not RAM. */
  static @Nullable SubmissionQueue at(
      int id, int size, long address, CompletionQueue completions, GuestMemory memory) {
    MemoryRegion region = memory.find(address, (long) size * NvmeCommand.BYTES);
    return region == null
        ? null
        : new SubmissionQueue(id, size, completions, region, region.offset(address));
  }

  SubmissionQueueState state(int deletedBy) {
    return new SubmissionQueueState(
        id, size, region.base() + offset, completions.id(), head, tail, deletedBy);
  }

  /** A queue as it was saved, or null where it does not lie in RAM. */
  static @Nullable SubmissionQueue of(
      SubmissionQueueState saved, CompletionQueue completions, GuestMemory memory) {
    SubmissionQueue queue = at(saved.id(), saved.size(), saved.address(), completions, memory);
    if (queue != null) {
      queue.head = saved.head();
      queue.tail = saved.tail();
    }
    return queue;
  }

  int id() {
    return id;
  }

  CompletionQueue completions() {
    return completions;
  }

  /** Takes the guest's tail; false where the queue is not so long. */
  boolean tail(int value) {
    if (value >= size) {
      return false;
    }
    tail = value;
    VarHandle.acquireFence();
    return true;
  }

  boolean isEmpty() {
    return head == tail;
  }

  /** Where the controller is; completions tell the guest. */
  int head() {
    return head;
  }

  /** Takes the next entry, which is there. */
  void take(NvmeCommand into) {
    into.read(region.segment(), offset + (long) head * NvmeCommand.BYTES);
    head = head + 1 == size ? 0 : head + 1;
  }
}
