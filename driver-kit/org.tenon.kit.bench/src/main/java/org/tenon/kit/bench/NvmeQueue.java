package org.tenon.kit.bench;

import java.lang.invoke.VarHandle;
import org.tenon.kit.testing.virtio.GuestMemory;

/**
 * A submission queue and its completion queue (NVMe 1.4, chapter 4), with memory for the data of
 * one request for each tag. Allocates nothing after its construction. For one thread.
 */
final class NvmeQueue implements BlockPath.Queue {
  private static final int PAGE = 4096;
  private static final int COMMAND_BYTES = 64;
  private static final int COMPLETION_BYTES = 16;
  private static final int WRITE = 0x01;
  private static final int READ = 0x02;

  private final int id;
  private final int entries;
  private final NvmeDoor door;
  private final GuestMemory memory;
  private final long submissions;
  private final long completions;
  private final int[] unsent;
  private final long[] sent;
  private final long[] ended;
  private final int[] statuses;
  private int unsentCount;
  private int tail;
  private int head;
  private int toldHead;
  private int phase = 1;
  private int result;
  private int blocks;
  private int pages;
  private long data;
  private long lists;

  NvmeQueue(int id, int entries, NvmeDoor door, GuestMemory memory) {
    this.id = id;
    this.entries = entries;
    this.door = door;
    this.memory = memory;
    submissions = memory.allocate((long) entries * COMMAND_BYTES, PAGE);
    completions = memory.allocate((long) entries * COMPLETION_BYTES, PAGE);
    unsent = new int[entries];
    sent = new long[entries];
    ended = new long[entries];
    statuses = new int[entries];
  }

  int entries() {
    return entries;
  }

  long submissions() {
    return submissions;
  }

  long completions() {
    return completions;
  }

  /** Makes room for requests so long; where one has more than two pages, with its PRP list. */
  void holdData(int bytes, int blockCount) {
    blocks = blockCount;
    pages = Math.ceilDiv(bytes, PAGE);
    int tags = entries - 1;
    data = memory.allocate((long) tags * pages * PAGE, PAGE);
    lists = memory.allocate((long) tags * PAGE, PAGE);
    for (int tag = 0; tag < tags; tag++) {
      for (int page = 1; page < pages; page++) {
        memory.put64(list(tag) + 8L * (page - 1), data(tag) + (long) page * PAGE);
      }
    }
  }

  private long data(int tag) {
    return data + (long) tag * pages * PAGE;
  }

  private long list(int tag) {
    return lists + (long) tag * PAGE;
  }

  /** What the last completion carried. */
  int result() {
    return result;
  }

  /** Puts a command with tag 0; for the admin queue. */
  void command(int opcode, int namespace, long pointer, int word10, int word11) {
    long at = begin(0, opcode, namespace, pointer, 0);
    memory.put32(at + 40, word10);
    memory.put32(at + 44, word11);
  }

  private long begin(int tag, int opcode, int namespace, long pointer1, long pointer2) {
    long at = submissions + (long) tail * COMMAND_BYTES;
    tail = tail + 1 == entries ? 0 : tail + 1;
    memory.put32(at, opcode | tag << 16);
    memory.put32(at + 4, namespace);
    memory.put64(at + 24, pointer1);
    memory.put64(at + 32, pointer2);
    unsent[unsentCount++] = tag;
    return at;
  }

  @Override
  public void put(int tag, boolean read, long block) {
    long second = pages == 1 ? 0 : pages == 2 ? data(tag) + PAGE : list(tag);
    long at = begin(tag, read ? READ : WRITE, 1, data(tag), second);
    memory.put64(at + 40, block);
    memory.put32(at + 48, blocks - 1);
  }

  @Override
  public void send() {
    if (unsentCount > 0) {
      long now = System.nanoTime();
      while (unsentCount > 0) {
        sent[unsent[--unsentCount]] = now;
      }
      VarHandle.releaseFence();
      NvmeRegisters.tail(door, id, tail);
    }
  }

  @Override
  public int poll() {
    long at = completions + (long) head * COMPLETION_BYTES;
    int last = memory.get32(at + 12);
    if ((last >>> 16 & 1) != phase) {
      if (toldHead != head) {
        toldHead = head;
        NvmeRegisters.head(door, id, head);
      }
      return -1;
    }
    VarHandle.acquireFence();
    result = memory.get32(at);
    head++;
    if (head == entries) {
      head = 0;
      phase ^= 1;
    }
    int tag = last & 0xffff;
    statuses[tag] = last >>> 17;
    ended[tag] = System.nanoTime();
    return tag;
  }

  @Override
  public long sent(int tag) {
    return sent[tag];
  }

  @Override
  public long ended(int tag) {
    return ended[tag];
  }

  @Override
  public boolean isOk(int tag) {
    return statuses[tag] == 0;
  }

  @Override
  public void await(long nanos) {
    door.idle(Math.max(0, id - 1), nanos);
  }
}
