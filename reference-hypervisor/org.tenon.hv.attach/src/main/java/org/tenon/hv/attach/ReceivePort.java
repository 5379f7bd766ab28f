package org.tenon.hv.attach;

import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicQueuePair;

/**
 * The buffers of one pair of queues of an attached NIC driver, as {@link TagPort} says. A buffer
 * comes back with a frame, with a part of one, or without any; they come in the order in which they
 * were staged, since the driver fills them so.
 */
public final class ReceivePort extends TagPort {
  /** The longest frame that was joined from segments: the largest IP packet and its header. */
  private static final int JOINED_BYTES = 65_535 + 22;

  private static final PortClauses CLAUSES =
      new PortClauses(
          Clauses.NIC_PREFIX,
          Clauses.BUFFER_ONCE,
          Clauses.NOTHING_ELSE_BACK,
          Clauses.NIC_CALLS_RETURN,
          Clauses.NIC_CALLS_QUEUE_READY);

  /** What the ledger says of a buffer without a frame; with one it is bytes × 2 + more. */
  private static final int EMPTY = 0;

  private final NicQueuePair pair;
  private final FrameTable table;
  private final NicAgreement agreement;
  private final int maxFrameBytes;
  private final long[] offloads;

  /** By tag: the how-many-eth buffer it is that was offered. */
  private final long[] places;

  private long offered;

  /** The driver's thread alone: which buffer it has to fill next, and how far the frame is. */
  private volatile long next;

  private int frameBytes;
  private long frameOffload;
  private volatile boolean inFrame;

  ReceivePort(
      int index,
      NicQueuePair pair,
      FrameTable table,
      NicAgreement agreement,
      int maxFrameBytes,
      Conduct conduct) {
    super(index, agreement.queueDepth(), CLAUSES, conduct);
    this.pair = pair;
    this.table = table;
    this.agreement = agreement;
    this.maxFrameBytes = maxFrameBytes;
    offloads = new long[agreement.queueDepth()];
    places = new long[agreement.queueDepth()];
  }

  /** Begins to fill the buffer's row, with no segment yet. */
  public void begin(int tag) {
    table.begin(tag, NicOffload.NONE);
  }

  /**
   * Adds a segment; it lies wholly inside the region.
   *
   * @return false where the buffer has as many as the driver takes
   */
  public boolean segment(int tag, MemoryRegion region, long offset, int length) {
    return table.add(tag, region, offset, length);
  }

  /**
   * Takes up a buffer, begun with its claimed tag, into which a driver has received before the
   * machine was saved. It waits to be given back behind those taken up before.
   *
   * @param bytes how many it holds
   * @param more whether the frame goes on in the next buffer
   * @param offload what the frame asks and promises
   * @return false where no driver can have received this
   */
  public boolean restore(int tag, int bytes, boolean more, long offload) {
    offering(tag);
    if (judge(tag, bytes, more, offload) != null) {
      return false;
    }
    note(bytes, more, offload);
    offloads[tag] = offload;
    restored(tag, status(bytes, more));
    return true;
  }

  /**
   * Puts every buffer that has come back without a frame first in the line for the driver again, in
   * the order in which they were there before. While the driver rests.
   */
  public synchronized void postAgain() {
    int[] ended = ledger.left();
    int empty = 0;
    for (int tag : ended) {
      var _ = ledger.takeEnded();
      if (ledger.status(tag) == EMPTY) {
        ended[empty++] = tag;
      } else {
        ledger.completeStaged(tag, ledger.status(tag));
      }
    }
    for (int i = empty - 1; i >= 0; i--) {
      stageFirst(ended[i]);
    }
  }

  /** How many segments the buffer has. */
  public int segments(int tag) {
    return table.segments(tag);
  }

  /** The guest-physical address at which a segment begins. */
  public long address(int tag, int segment) {
    return table.address(tag, segment);
  }

  /** The RAM that a segment lies in. */
  public MemoryRegion region(int tag, int segment) {
    return table.region(tag, segment);
  }

  /** Where in its region a segment begins. */
  public long offset(int tag, int segment) {
    return table.offset(tag, segment);
  }

  /** How long a segment is. */
  public int length(int tag, int segment) {
    return table.length(tag, segment);
  }

  /** How many bytes of a frame a buffer that came back holds, from its front; 0 for none. */
  public int bytes(int tag) {
    int end = ledger.status(tag) >>> 1;
    return (int) Math.min(end, table.total(tag));
  }

  /** Whether the frame goes on in the next buffer that comes back. */
  public boolean hasMore(int tag) {
    return (ledger.status(tag) & 1) != 0;
  }

  /** What the frame asks and promises, agreed things only, as {@link NicOffload} packs it. */
  public long offload(int tag) {
    return offloads[tag];
  }

  @Override
  int hand(TagBatch offer) {
    return pair.post(offer);
  }

  @Override
  String call() {
    return "post";
  }

  @Override
  String words(int tag) {
    return "a buffer of %d bytes".formatted(table.total(tag));
  }

  /** A buffer waits for as long as no frame comes. */
  @Override
  boolean isTimed() {
    return false;
  }

  @Override
  int endedWithoutDriver(int status) {
    return EMPTY;
  }

  @Override
  void offering(int tag) {
    places[tag] = offered++;
  }

  @Override
  void notAccepted(int tag) {
    offered--;
  }

  @Override
  void cameBack(int tag) {
    int bytes = bytes(tag);
    if (bytes > 0) {
      table.markDirty(tag, bytes);
    }
  }

  /** The driver is at rest and has no buffer; the next frame begins with the next one offered. */
  synchronized void rest() {
    next = offered;
    inFrame = false;
  }

  /** Whether a frame has begun to arrive and not ended. */
  public boolean isInFrame() {
    return inFrame;
  }

  /** The driver gives a buffer back without a frame; any thread. */
  void returned(int tag) {
    countsAs(tag, ledger.complete(tag, EMPTY));
  }

  /** The driver gives a buffer back with a frame or a part of one; one thread at a time. */
  void received(int tag, int bytes, int flags, long offload) {
    if (!ledger.isInFlight(tag)) {
      countsAs(tag, ledger.complete(tag, EMPTY));
      return;
    }
    boolean more = (flags & NicHost.MORE) != 0;
    Wrong wrong = judge(tag, bytes, more, offload);
    if (wrong != null) {
      conduct.fault(wrong.clause, wrong.kind, subject(tag), wrong.detail);
      return;
    }
    note(bytes, more, offload);
    // Before the tag is given back, which publishes it.
    offloads[tag] = offload;
    countsAs(tag, ledger.complete(tag, status(bytes, more)));
  }

  private void note(int bytes, boolean more, long offload) {
    frameBytes = (inFrame ? frameBytes : 0) + bytes;
    frameOffload = offload;
    inFrame = more;
    // One thread at a time receives on a queue.
    long following = next + 1;
    next = following;
  }

  private static int status(int bytes, boolean more) {
    return bytes << 1 | (more ? 1 : 0);
  }

  private record Wrong(ClauseId clause, Fault.Kind kind, String detail) {}

  private @Nullable Wrong judge(int tag, int bytes, boolean more, long offload) {
    long length = table.total(tag);
    if (bytes < 1 || bytes > length || (more && bytes < length)) {
      return new Wrong(
          Clauses.BUFFER_FILLED,
          Fault.Kind.BAD_ANSWER,
          "received %d bytes%s in a buffer of %d"
              .formatted(bytes, more ? ", and more to come," : "", length));
    }
    if (places[tag] != next) {
      return new Wrong(
          Clauses.BUFFERS_IN_ORDER,
          Fault.Kind.BAD_ANSWER,
          "filled before a buffer that was accepted earlier");
    }
    if (more && !agreement.has(NicCapabilities.SCATTERED_RECEIVE)) {
      return notAgreed("a frame in several buffers");
    }
    if (inFrame && offload != frameOffload) {
      return new Wrong(
          Clauses.PARTS_TOGETHER,
          Fault.Kind.BAD_ANSWER,
          "another offload than the part of the frame before it");
    }
    Wrong unagreed = judge(offload);
    if (unagreed != null) {
      return unagreed;
    }
    boolean joined = NicOffload.cutting(offload) != NicOffload.WHOLE;
    long total = (inFrame ? frameBytes : 0) + (long) bytes;
    int most = joined ? Math.max(JOINED_BYTES, maxFrameBytes) : maxFrameBytes;
    return total > most
        ? new Wrong(
            Clauses.NOT_TOO_LONG,
            Fault.Kind.BAD_ANSWER,
            "received a frame of %d bytes, which may have %d".formatted(total, most))
        : null;
  }

  private @Nullable Wrong judge(long offload) {
    boolean checksum = NicOffload.needsChecksum(offload) || NicOffload.isChecksumValid(offload);
    if (checksum && !agreement.has(NicCapabilities.RECEIVE_CHECKSUM)) {
      return notAgreed("a word on the checksum");
    }
    int cutting = NicOffload.cutting(offload);
    if (cutting == NicOffload.WHOLE) {
      return null;
    }
    if (!agreement.has(NicCapabilities.RECEIVE_JOINED)) {
      return notAgreed("a joined frame");
    }
    boolean known = cutting == NicOffload.TCP4 || cutting == NicOffload.TCP6;
    return known && NicOffload.needsChecksum(offload) && NicOffload.segmentSize(offload) > 0
        ? null
        : new Wrong(
            Clauses.JOINED_TRULY,
            Fault.Kind.BAD_ANSWER,
            "a joined frame with offload 0x%x".formatted(offload));
  }

  private static Wrong notAgreed(String what) {
    return new Wrong(
        Clauses.NIC_AGREED_ONLY, Fault.Kind.NOT_AGREED, "received " + what + ", not agreed");
  }
}
