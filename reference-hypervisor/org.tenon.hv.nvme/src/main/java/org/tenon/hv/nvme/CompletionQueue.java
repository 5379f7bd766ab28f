package org.tenon.hv.nvme;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/** A completion queue in guest memory (4.1), of which the controller owns the tail. */
final class CompletionQueue {
  /** Bytes of an entry. */
  static final int BYTES = 16;

  private final int id;
  private final int size;
  private final int vector;
  private final boolean interrupts;
  private final MemoryRegion region;
  private final long offset;
  private int head;
  private int tail;
  private int phase = 1;
  private int users;

  private CompletionQueue(
      int id, int size, int vector, boolean interrupts, MemoryRegion region, long offset) {
    this.id = id;
    this.size = size;
    this.vector = vector;
    this.interrupts = interrupts;
    this.region = region;
    this.offset = offset;
  }

  /** A queue at an address, or null where that is not RAM. */
  static @Nullable CompletionQueue at(
      int id, int size, long address, int vector, boolean interrupts, GuestMemory memory) {
    MemoryRegion region = memory.find(address, (long) size * BYTES);
    return region == null
        ? null
        : new CompletionQueue(id, size, vector, interrupts, region, region.offset(address));
  }

  CompletionQueueState state() {
    return new CompletionQueueState(
        id, size, region.base() + offset, vector, interrupts, head, tail, phase);
  }

  /** A queue as it was saved, or null where it does not lie in RAM. */
  static @Nullable CompletionQueue of(CompletionQueueState saved, GuestMemory memory) {
    CompletionQueue queue =
        at(saved.id(), saved.size(), saved.address(), saved.vector(), saved.interrupts(), memory);
    if (queue != null) {
      queue.head = saved.head();
      queue.tail = saved.tail();
      queue.phase = saved.phase();
    }
    return queue;
  }

  int id() {
    return id;
  }

  int vector() {
    return vector;
  }

  boolean hasInterrupts() {
    return interrupts;
  }

  /** Takes the guest's head; false where the queue is not so long. */
  boolean head(int value) {
    if (value >= size) {
      return false;
    }
    head = value;
    return true;
  }

  boolean isEmpty() {
    return head == tail;
  }

  boolean isFull() {
    return (tail + 1 == size ? 0 : tail + 1) == head;
  }

  /** Appends an entry; the queue is not full. */
  void post(int command, int submissionQueue, int submissionHead, int status, int result) {
    long at = offset + (long) tail * BYTES;
    Le.setInt(region.segment(), at, result);
    Le.setInt(region.segment(), at + 4, 0);
    Le.setInt(region.segment(), at + 8, submissionQueue << 16 | submissionHead);
    int last = NvmeStatus.field(status) << 17 | phase << 16 | command;
    Le.publishInt(region.segment(), at + 12, last);
    region.markDirty(at, BYTES);
    if (++tail == size) {
      tail = 0;
      phase ^= 1;
    }
  }

  /** How many submission queues complete here. */
  int users() {
    return users;
  }

  void addUser() {
    users++;
  }

  void removeUser() {
    users--;
  }
}
