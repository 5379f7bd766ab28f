package org.tenon.hv.virtio.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.attach.TransmitPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.net.NicOffload;

/**
 * A transmitq (VIRTIO 1.2, 5.1.6.2). A guest is never told what became of a frame: one that makes
 * no sense, or that the driver does not send, is counted and its buffer given back.
 */
final class TransmitQueue extends FrameQueue {
  private final TransmitPort port;
  private final NetDevice device;
  private final NetHeader header = new NetHeader();

  TransmitQueue(int index, TransmitPort port, NetDevice device, int maxChain) {
    super(index, port, maxChain);
    this.port = port;
    this.device = device;
  }

  @Override
  boolean begin(int tag) {
    long offload = header.parse(chain, device.negotiated());
    if (offload == NetHeader.INVALID
        || chain.writableBytes() > 0
        || chain.readableBytes() - NetHeader.BYTES > device.longest(offload)) {
      return false;
    }
    return begin(tag, offload, NetHeader.BYTES);
  }

  /** Makes what is in the chain, but for its first bytes, the tag's frame. */
  private boolean begin(int tag, long offload, long header) {
    port.begin(tag, offload);
    long skip = header;
    for (int i = 0; i < chain.readableCount(); i++) {
      long length = chain.length(i);
      long from = Math.min(skip, length);
      skip -= from;
      if (length > from
          && !port.segment(tag, chain.region(i), chain.offset(i) + from, (int) (length - from))) {
        return false;
      }
    }
    return true;
  }

  /** The frames that the guest has not got back; while the driver rests. */
  List<NetState.Sent> save(int pair) {
    synchronized (port) {
      return Arrays.stream(port.pending()).mapToObj(tag -> save(pair, tag)).toList();
    }
  }

  private NetState.Sent save(int pair, int tag) {
    List<BufferState.Element> elements = new ArrayList<>();
    for (int i = 0; i < port.segments(tag); i++) {
      elements.add(new BufferState.Element(port.address(tag, i), port.length(tag, i), false));
    }
    boolean answered = port.isBack(tag);
    return new NetState.Sent(
        pair,
        new BufferState(ids[tag], slots[tag], elements),
        port.offload(tag),
        answered,
        answered ? port.status(tag) : Status.OK);
  }

  /**
   * Takes up a frame that was saved. One that the guest has made nonsense of since is not sent.
   *
   * @throws IllegalArgumentException where it is none
   */
  void restore(NetState.Sent saved, GuestMemory memory) {
    synchronized (port) {
      int tag = take(saved.buffer(), memory);
      boolean sound =
          chain.writableBytes() == 0
              && header.isValid(chain, saved.offload(), device.negotiated())
              && chain.readableBytes() <= device.longest(saved.offload());
      boolean begun = begin(tag, sound ? saved.offload() : NicOffload.NONE, 0);
      if (saved.answered()) {
        port.restore(tag, saved.status());
      } else if (sound && begun) {
        port.stage(tag);
      } else {
        port.restore(tag, Status.INVALID);
      }
    }
  }

  @Override
  boolean reap() {
    boolean any = false;
    for (int tag = port.completed(); tag != TagPort.NONE; tag = port.completed()) {
      any = true;
      if (port.status(tag) == Status.OK) {
        counters.passed(port.length(tag));
      } else {
        counters.dropped();
      }
      @Nullable Virtqueue to = ring();
      if (wanted[tag] && to != null) {
        to.push(ids[tag], slots[tag], 0);
      }
      wanted[tag] = false;
      port.release(tag);
    }
    return any;
  }

  @Override
  boolean takesUnserved() {
    return true;
  }

  @Override
  void forget() {}
}
