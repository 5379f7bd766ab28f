package org.tenon.samples.blocknbd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.block.BlockRequests;

/**
 * One command to the server, and the guest's request behind it. Exchanges are made once and used
 * again and again. For the connection's thread.
 *
 * <pre>{@code
 * FREE ──▶ WAITING ──▶ SENDING ──▶ SENT ──▶ FREE          the reply has come
 *             ▲           │          │
 *             │           │          ├─────▶ GHOST ──▶ FREE   the guest waits no more, the server may still act
 *             └───────────┴──────────┘                    the connection is over: replayed on the next
 * }</pre>
 */
final class Exchange {
  /** Where it is, as drawn above. */
  enum State {
    FREE,
    WAITING,
    SENDING,
    SENT,
    GHOST
  }

  final int slot;
  final Coverage coverage = new Coverage();

  State state = State.FREE;
  long cookie;
  long sequence;
  long deadline;

  @Nullable NbdQueue queue;
  int tag;
  long bytes;

  int command;
  int commandFlags;
  long offset;
  long length;

  /**
   * Whether a flush must follow before the request is complete, because the server knows no FUA.
   */
  boolean flushFollows;

  /** The last element of the outbox that belongs to it; meaningful while SENDING. */
  int lastOut;

  /** The first error that the server gave in this reply. */
  int error;

  // Where in the request's segments the last look was, so that a read in order does not search.
  private int segment;
  private long segmentStart;

  Exchange(int slot) {
    this.slot = slot;
  }

  /** Takes on a guest's request. */
  void begin(NbdQueue of, int ofTag, long completesBy) {
    queue = of;
    tag = ofTag;
    deadline = completesBy;
    flushFollows = false;
    bytes = 0;
    state = State.WAITING;
    rewind();
  }

  /** Forgets what the server said, before the command is sent (again). */
  void rewind() {
    coverage.clear();
    error = 0;
    segment = 0;
    segmentStart = 0;
  }

  /** Whether the guest still waits for it. */
  boolean isLive() {
    return state != State.FREE && state != State.GHOST;
  }

  boolean isRead() {
    return command == Nbd.CMD_READ;
  }

  /** Whether it changes a range of the export. */
  boolean changes() {
    return command == Nbd.CMD_WRITE || command == Nbd.CMD_TRIM || command == Nbd.CMD_WRITE_ZEROES;
  }

  boolean overlaps(long start, long end) {
    return offset < end && start < offset + length;
  }

  NbdQueue queue() {
    NbdQueue of = queue;
    if (of == null) {
      throw new IllegalStateException("a free exchange has no queue");
    }
    return of;
  }

  /**
   * The guest memory of a read at {@code position} in the request: up to {@code most} bytes that
   * lie together.
   */
  ByteBuffer target(MemoryViews views, long position, long most) {
    BlockRequests requests = queue().requests();
    if (position < segmentStart) {
      segment = 0;
      segmentStart = 0;
    }
    while (position >= segmentStart + requests.length(tag, segment)) {
      segmentStart += requests.length(tag, segment);
      segment++;
    }
    long into = position - segmentStart;
    MemorySegment memory = requests.memory(tag, segment);
    long count = Math.min(most, requests.length(tag, segment) - into);
    return views.view(0, memory, requests.offset(tag, segment) + into, count);
  }
}
