package org.tenon.hv.virtio.net;

/** Counts for {@link NetMetrics}; guarded by the queue's monitor. */
final class NetCounters {
  long frames;
  long bytes;
  long dropped;

  NetCounters copy() {
    NetCounters copy = new NetCounters();
    copy.frames = frames;
    copy.bytes = bytes;
    copy.dropped = dropped;
    return copy;
  }

  void passed(long length) {
    frames++;
    bytes += length;
  }

  void dropped() {
    dropped++;
  }
}
