package org.tenon.kit.testing;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicQueuePair;

/** Where buffers go to one pair of a card, and frames come from it. */
final class PostPort extends Port<Posting, LentBuffer> {
  private final LentBuffer.Table table;
  private final ReceiveRules receiving;
  private final Consumer<ReceivedFrame> frames;
  private final Consumer<Posting> spent;
  private final Deque<Posting> order = new ArrayDeque<>();
  private volatile @Nullable NicQueuePair driver;
  private volatile boolean atRest;

  // Of the frame whose parts are coming.
  private byte[] parts = new byte[0];
  private int buffers;
  private long offload;

  /**
   * A port.
   *
   * @param receiving what a frame that comes must be like
   * @param frames takes each whole frame
   * @param spent learns of each buffer that has come back, outside the lock
   */
  PostPort(
      int pair,
      int depth,
      HarnessOptions options,
      HostServices services,
      ReceiveRules receiving,
      Consumer<ReceivedFrame> frames,
      Consumer<Posting> spent) {
    this(
        pair,
        depth,
        options,
        services,
        receiving,
        frames,
        spent,
        new LentBuffer.Table(pair, depth, services.faults()));
  }

  private PostPort(
      int pair,
      int depth,
      HarnessOptions options,
      HostServices services,
      ReceiveRules receiving,
      Consumer<ReceivedFrame> frames,
      Consumer<Posting> spent,
      LentBuffer.Table table) {
    super(pair, depth, PortRules.POST, options, services, table);
    this.receiving = receiving;
    this.frames = frames;
    this.spent = spent;
    this.table = table;
  }

  NicMemory table() {
    return table;
  }

  /** Lets buffers through to the driver. */
  void run(NicQueuePair to) {
    driver = to;
    atRest = false;
    run();
  }

  /** From now on, until it runs again, the driver may return buffers without a frame. */
  void rest() {
    atRest = true;
  }

  boolean isAtRest() {
    return atRest;
  }

  @Override
  int call(CheckedBatch batch) {
    NicQueuePair target = driver;
    return target == null ? 0 : target.post(batch);
  }

  @Override
  LentBuffer lend(Posting posting) {
    order.add(posting);
    return new LentBuffer(posting);
  }

  @Override
  boolean hasDeadline() {
    return false;
  }

  @Override
  void notAccepted(Posting posting) {
    order.remove(posting);
  }

  /** Called by the driver, by one thread at a time. */
  void receive(int tag, int bytes, int flags, long asked) {
    Posting posting;
    ReceivedFrame whole = null;
    synchronized (this) {
      LentBuffer row = find(tag, "with %d bytes of a frame".formatted(bytes));
      if (row == null) {
        return;
      }
      posting = row.posting();
      byte[] contents = row.contents();
      int used = Math.clamp(bytes, 0, contents.length);
      checkPart(posting, bytes, flags, asked);
      row.check(contents, used, faults());
      offload = asked;
      buffers++;
      int before = parts.length;
      parts = Arrays.copyOf(parts, before + used);
      System.arraycopy(contents, 0, parts, before, used);
      end(row, used);
      if ((flags & NicHost.MORE) == 0) {
        whole = new ReceivedFrame(queue(), parts, offload, buffers);
        receiving.checkFrame(posting, whole, faults());
        dropParts();
      }
    }
    if (whole != null) {
      frames.accept(whole);
    }
    spent.accept(posting);
  }

  private void checkPart(Posting posting, int bytes, int flags, long asked) {
    int length = posting.buffer().bytes();
    boolean more = (flags & NicHost.MORE) != 0;
    if (bytes < 1 || bytes > length || (more && bytes != length)) {
      faults()
          .report(
              NicClauses.BYTES_RECEIVED,
              Fault.Kind.BAD_ANSWER,
              posting,
              "gave back a buffer of %d bytes with %d%s"
                  .formatted(length, bytes, more ? " and more to come" : ""));
    }
    if (buffers > 0 && asked != offload) {
      faults()
          .report(
              NicClauses.PARTS_FOLLOW,
              Fault.Kind.BAD_ANSWER,
              posting,
              "part %d of a frame has offload 0x%x, the part before 0x%x"
                  .formatted(buffers, asked, offload));
    }
    Posting first = order.peek();
    if (first != null && first != posting) {
      faults()
          .report(
              NicClauses.BUFFERS_IN_ORDER,
              Fault.Kind.BAD_ANSWER,
              posting,
              "filled a buffer before one that it accepted earlier, tag " + first.tag());
    }
    receiving.checkFlags(posting, flags, asked, faults());
  }

  /** Called by the driver, on any thread. */
  void comeBack(int tag) {
    Posting posting;
    synchronized (this) {
      LentBuffer row = find(tag, "without a frame");
      if (row == null) {
        return;
      }
      posting = row.posting();
      if (!atRest) {
        faults()
            .report(
                NicClauses.RETURNED_AT_REST,
                Fault.Kind.BAD_ANSWER,
                posting,
                "returned a buffer while it serves");
      }
      String stray = row.stray();
      if (!stray.isEmpty()) {
        faults().report(NicClauses.NO_STRAY_BYTES, FaultLog.STRAY_WRITE, posting, stray);
      }
      end(row, 0);
    }
    spent.accept(posting);
  }

  /** Reports a frame whose last part has not come when the driver is at rest. */
  synchronized void endParts() {
    if (buffers > 0) {
      faults()
          .report(
              NicClauses.PARTS_FOLLOW,
              Fault.Kind.FORGOT,
              "%d parts of a frame came on pair %d, and not the last".formatted(buffers, queue()));
      dropParts();
    }
  }

  private void end(LentBuffer row, int bytes) {
    Posting posting = row.posting();
    order.remove(posting);
    posting.completed();
    retire(row);
    posting.settle(bytes);
  }

  private void dropParts() {
    parts = new byte[0];
    buffers = 0;
    offload = 0;
  }
}
