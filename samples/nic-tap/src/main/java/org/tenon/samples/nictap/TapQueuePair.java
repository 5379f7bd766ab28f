package org.tenon.samples.nictap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.tenon.api.Status;
import org.tenon.samples.nictap.ffi.IoVector;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.samples.nictap.ffi.TapPort;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;

/**
 * One pair of queues. A frame goes to the kernel within {@link #transmit}: a write to a TAP
 * interface does not wait, it hands the frame to the network stack or refuses it. Allocates nothing
 * for a frame.
 */
final class TapQueuePair implements NicQueuePair {
  /** Of {@link #send}: the kernel takes nothing just now. */
  private static final int REFUSED = -1;

  private final int index;
  private final TapNicDriver driver;
  private final NicHost host;
  private final NicFrames frames;
  private final NicProperties properties;
  private final Counters counters;
  private final PostedBuffers posted;
  private final TapReceiver receiver;
  private final TapPort port;
  private final IoVector vector;
  private final VnetHeader header;
  private final CutHeaders cutHeaders;

  TapQueuePair(
      TapReceiver receiver,
      TapNicDriver driver,
      NicAgreement agreement,
      TapPort port,
      Arena arena,
      NicHost host) {
    this.index = receiver.index();
    this.driver = driver;
    this.host = host;
    this.frames = host.frames(index);
    this.properties = driver.properties();
    this.counters = driver.counters();
    this.posted = receiver.posted();
    this.receiver = receiver;
    this.port = port;
    this.vector = new IoVector(arena);
    this.header = new VnetHeader(arena.allocate(TapInterface.HEADER_BYTES), agreement);
    this.cutHeaders = new CutHeaders(arena);
  }

  @Override
  public synchronized int transmit(NicBatch batch) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      int tag = batch.tag(i);
      int status = send(tag);
      if (status == REFUSED) {
        receiver.tellOfRoom();
        return i;
      }
      if (status != Status.OK) {
        counters.sendError();
      }
      host.transmitted(index, tag, status);
    }
    return size;
  }

  @Override
  public int post(NicBatch batch) {
    return posted.add(batch);
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
    if (length < NicProperties.HEADER_BYTES || length > most) {
      return Status.INVALID;
    }
    if (cut && !cutHeaders.read(frames, tag, length, properties.maxFrameBytes())) {
      return Status.INVALID;
    }
    if (NicOffload.needsChecksum(offload) && !hasChecksumField(offload, length)) {
      return Status.INVALID;
    }
    boolean several = cut && length - cutHeaders.length() > NicOffload.segmentSize(offload);
    fillVector(tag, cut && !several ? asOneSegment(offload) : offload, cut);
    int status = statusOf(port.write(vector));
    if (status == Status.OK) {
      count(offload, length, cut);
    }
    return status;
  }

  /** The kernel drops a frame to be cut that has but one segment: such a frame is sent whole. */
  private static long asOneSegment(long offload) {
    return NicOffload.checksum(
        NicOffload.checksumStart(offload), NicOffload.checksumOffset(offload));
  }

  private long length(int tag) {
    long length = 0;
    for (int i = 0; i < frames.segments(tag); i++) {
      length += frames.length(tag, i);
    }
    return length;
  }

  private static boolean hasChecksumField(long offload, long length) {
    return NicOffload.checksumStart(offload) + NicOffload.checksumOffset(offload) + 2 <= length;
  }

  private void fillVector(int tag, long offload, boolean cut) {
    header.write(offload, cut ? cutHeaders.length() : 0);
    vector.clear();
    vector.add(header.bytes(), 0, TapInterface.HEADER_BYTES);
    int skipped = 0;
    if (cut) {
      skipped = cutHeaders.copied();
      vector.add(cutHeaders.copy(), 0, skipped);
    }
    for (int i = 0; i < frames.segments(tag); i++) {
      int length = frames.length(tag, i);
      int skip = Math.min(skipped, length);
      skipped -= skip;
      if (skip < length) {
        MemorySegment memory = frames.memory(tag, i);
        vector.add(memory, frames.offset(tag, i) + skip, length - skip);
      }
    }
  }

  private static int statusOf(int result) {
    return switch (result) {
      case TapPort.AGAIN -> REFUSED;
      case TapPort.INVALID -> Status.INVALID;
      case TapPort.DOWN, TapPort.GONE -> Status.NOT_READY;
      default -> result < 0 ? Status.IO_ERROR : Status.OK;
    };
  }

  private void count(long offload, long length, boolean cut) {
    if (cut) {
      long payload = length - cutHeaders.length();
      int segmentSize = NicOffload.segmentSize(offload);
      long segments = (payload + segmentSize - 1) / segmentSize;
      counters.sent(segments, payload + segments * cutHeaders.length());
    } else {
      counters.sent(1, length);
    }
  }
}
