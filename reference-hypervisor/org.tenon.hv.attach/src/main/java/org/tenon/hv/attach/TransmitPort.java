package org.tenon.hv.attach;

import org.tenon.api.Status;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicQueuePair;

/** The frames to send of one pair of queues of an attached NIC driver, as {@link TagPort} says. */
public final class TransmitPort extends TagPort {
  private static final PortClauses CLAUSES =
      new PortClauses(
          Clauses.NIC_PREFIX,
          Clauses.FRAME_ONCE,
          Clauses.NOTHING_ELSE_BACK,
          Clauses.NIC_CALLS_RETURN,
          Clauses.NIC_CALLS_QUEUE_READY);

  private final NicQueuePair pair;
  private final FrameTable table;

  TransmitPort(int index, NicQueuePair pair, FrameTable table, int depth, Conduct conduct) {
    super(index, depth, CLAUSES, conduct);
    this.pair = pair;
    this.table = table;
  }

  /**
   * Begins to fill the frame, with no segment yet. That the driver agreed to the offload, and that
   * the frame is as it says, is the caller's concern.
   *
   * @param offload as {@link NicOffload} packs it
   */
  public void begin(int tag, long offload) {
    table.begin(tag, offload);
  }

  /**
   * Adds a segment; it lies wholly inside the region.
   *
   * @return false where the frame has as many as the driver takes
   */
  public boolean segment(int tag, MemoryRegion region, long offset, int length) {
    return table.add(tag, region, offset, length);
  }

  /**
   * Takes up a frame, begun with its claimed tag, that a driver has answered before the machine was
   * saved. It waits to be given back behind those taken up before.
   *
   * @param status how it was answered: a code of {@link Status}
   */
  public void restore(int tag, int status) {
    restored(tag, status);
  }

  /** What is asked of the driver for the frame, as {@link NicOffload} packs it. */
  public long offload(int tag) {
    return table.offload(tag);
  }

  /** How many segments the frame has. */
  public int segments(int tag) {
    return table.segments(tag);
  }

  /** The guest-physical address at which a segment begins. */
  public long address(int tag, int segment) {
    return table.address(tag, segment);
  }

  /** How long a segment is. */
  public int length(int tag, int segment) {
    return table.length(tag, segment);
  }

  /** How a frame that came back ended: a code of {@link Status}. */
  public int status(int tag) {
    return ledger.status(tag);
  }

  /** How long a frame is, in bytes. */
  public long length(int tag) {
    return table.total(tag);
  }

  @Override
  int hand(TagBatch offer) {
    return pair.transmit(offer);
  }

  @Override
  String call() {
    return "transmit";
  }

  @Override
  String words(int tag) {
    return "a frame of %d bytes".formatted(table.total(tag));
  }

  @Override
  boolean isTimed() {
    return true;
  }

  /** The driver gives a frame back; any thread. */
  void transmitted(int tag, int status) {
    countsAs(tag, ledger.complete(tag, status));
  }
}
