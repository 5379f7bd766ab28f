package org.tenon.hv.virtio.net;

import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.attach.TransmitPort;
import org.tenon.hv.virtio.Virtqueue;

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
      return answerEmpty();
    }
    port.begin(tag, offload);
    long skip = NetHeader.BYTES;
    for (int i = 0; i < chain.readableCount(); i++) {
      long length = chain.length(i);
      long from = Math.min(skip, length);
      skip -= from;
      if (length > from
          && !port.segment(tag, chain.region(i), chain.offset(i) + from, (int) (length - from))) {
        return answerEmpty();
      }
    }
    return true;
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
