package org.tenon.samples.nicloopback;

import org.tenon.api.Status;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;

/**
 * One pair of queues. A frame is finished and has arrived, or is lost, when {@link #transmit}
 * returns, so nothing is ever in flight between two calls. Allocates nothing for a frame.
 */
final class LoopbackQueuePair implements NicQueuePair {
  private final int index;
  private final LoopbackNicDriver driver;
  private final NicHost host;
  private final NicFrames frames;
  private final NicProperties properties;
  private final Counters counters;
  private final Reception reception;
  private final BufferRing ring;
  private final boolean arrivesUnfinished;
  private final boolean arrivesJoined;
  private final Frame frame;
  private final Segmenter segmenter;

  LoopbackQueuePair(
      int index,
      LoopbackNicDriver driver,
      NicAgreement agreement,
      Reception reception,
      Counters counters,
      NicHost host) {
    this.index = index;
    this.driver = driver;
    this.host = host;
    this.frames = host.frames(index);
    this.properties = driver.properties();
    this.counters = counters;
    this.reception = reception;
    this.ring = reception.ring(index);
    this.arrivesUnfinished = agreement.has(NicCapabilities.RECEIVE_CHECKSUM);
    this.arrivesJoined = agreement.has(NicCapabilities.RECEIVE_JOINED);
    this.frame = new Frame(properties.maxSegmentedBytes());
    this.segmenter = new Segmenter(properties.maxFrameBytes());
  }

  @Override
  public synchronized int transmit(NicBatch batch) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      int tag = batch.tag(i);
      int status = send(tag);
      if (status != Status.OK) {
        counters.sendError();
      }
      host.transmitted(index, tag, status);
    }
    return size;
  }

  @Override
  public int post(NicBatch batch) {
    return ring.post(batch);
  }

  /** Waits until no call of {@link #transmit} is under way. Called by the control thread. */
  synchronized void settle() {
    // The monitor was all there was to wait for.
  }

  private int send(int tag) {
    if (!driver.link().up()) {
      return Status.NOT_READY;
    }
    long offload = frames.offload(tag);
    boolean cut = NicOffload.cutting(offload) != NicOffload.WHOLE;
    long length = length(tag);
    int most = cut ? properties.maxSegmentedBytes() : properties.maxFrameBytes();
    if (length < Frame.HEADER || length > most) {
      return Status.INVALID;
    }
    frame.take(frames, tag);
    return cut ? sendCut(offload) : sendWhole(offload);
  }

  private long length(int tag) {
    long length = 0;
    for (int i = 0; i < frames.segments(tag); i++) {
      length += frames.length(tag, i);
    }
    return length;
  }

  private int sendWhole(long offload) {
    long promised = NicOffload.NONE;
    if (NicOffload.needsChecksum(offload)) {
      int start = NicOffload.checksumStart(offload);
      int offset = NicOffload.checksumOffset(offload);
      if (start + offset + 2 > frame.length()) {
        return Status.INVALID;
      }
      if (arrivesUnfinished) {
        promised = NicOffload.checksum(start, offset);
      } else {
        Checksum.complete(frame, start, offset);
      }
    }
    counters.sent(1, frame.length());
    reception.take(frame, promised, index);
    return Status.OK;
  }

  private int sendCut(long offload) {
    if (!segmenter.begin(frame, offload)) {
      return Status.INVALID;
    }
    int count = segmenter.count(frame);
    counters.sent(count, segmenter.bytes(frame));
    if (arrivesJoined) {
      reception.take(frame, offload, index);
      return Status.OK;
    }
    for (int i = 0; i < count; i++) {
      reception.take(segmenter.segment(frame, i), NicOffload.NONE, index);
    }
    return Status.OK;
  }
}
