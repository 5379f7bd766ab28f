package org.tenon.tck.mutants.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Segmentation;

/** One pair of the base card: a thread sends, whoever brings a frame receives. */
class BaseNicPair implements NicQueuePair {
  private static final int HEADER = 14;

  final BaseNicDriver driver;
  final int index;
  final NicFrames frames;
  final NicMemory buffers;
  final Deque<Integer> posted = new ArrayDeque<>();
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final Thread sender;
  private boolean sending;
  private boolean aborting;
  private boolean stopped;
  private @Nullable CompletableFuture<Void> idle;

  BaseNicPair(BaseNicDriver driver, int index) {
    this.driver = driver;
    this.index = index;
    this.frames = driver.host.frames(index);
    this.buffers = driver.host.buffers(index);
    this.sender = driver.host.newThread("send-" + index, this::serve);
  }

  final void start() {
    sender.start();
  }

  @Override
  public int transmit(NicBatch batch) {
    synchronized (waiting) {
      for (int i = 0; i < batch.size(); i++) {
        waiting.add(batch.tag(i));
      }
      aborting = false;
      waiting.notifyAll();
    }
    return batch.size();
  }

  @Override
  public int post(NicBatch batch) {
    synchronized (posted) {
      for (int i = 0; i < batch.size(); i++) {
        posted.add(batch.tag(i));
      }
    }
    return batch.size();
  }

  // Sending.

  private void serve() {
    try {
      while (true) {
        int tag;
        boolean abort;
        synchronized (waiting) {
          sending = false;
          while (waiting.isEmpty()) {
            tellIdle();
            if (stopped) {
              return;
            }
            waiting.wait();
          }
          tag = next(waiting);
          sending = true;
          abort = aborting;
        }
        complete(tag, abort ? Status.ABORTED : send(tag));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The frame that is sent next. */
  int next(Deque<Integer> queue) {
    return queue.remove();
  }

  void complete(int tag, int status) {
    if (status != Status.OK) {
      driver.counters.sendError();
    }
    driver.host.transmitted(index, tag, status);
  }

  int send(int tag) {
    byte[] frame = read(tag);
    long offload = frames.offload(tag);
    int status = judge(frame, offload);
    if (status == Status.OK) {
      for (byte[] left : finish(frame, offload)) {
        count(left);
        driver.wire.send(left);
      }
    }
    return status;
  }

  void count(byte[] left) {
    driver.counters.sent(left.length);
  }

  byte[] read(int tag) {
    int length = 0;
    for (int i = 0; i < frames.segments(tag); i++) {
      length += frames.length(tag, i);
    }
    byte[] frame = new byte[length];
    int at = 0;
    for (int i = 0; i < frames.segments(tag); i++) {
      MemorySegment memory = frames.memory(tag, i);
      int part = frames.length(tag, i);
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, frames.offset(tag, i), frame, at, part);
      at += part;
    }
    return frame;
  }

  /** Whether a frame can be sent. */
  int judge(byte[] frame, long offload) {
    boolean cut = NicOffload.cutting(offload) != NicOffload.WHOLE;
    int most = cut ? driver.properties().maxSegmentedBytes() : driver.properties().maxFrameBytes();
    if (!driver.link.up()) {
      return Status.NOT_READY;
    }
    if (frame.length < HEADER || frame.length > most) {
      return Status.INVALID;
    }
    if (NicOffload.needsChecksum(offload)
        && NicOffload.checksumStart(offload) + NicOffload.checksumOffset(offload) + 2
            > frame.length) {
      return Status.INVALID;
    }
    return !cut || canBeCut(frame, offload) ? Status.OK : Status.INVALID;
  }

  final boolean canBeCut(byte[] frame, long offload) {
    Layers layers = Layers.of(frame);
    int type = NicOffload.cutting(offload) == NicOffload.TCP4 ? Layers.IPV4 : Layers.IPV6;
    int tcp = layers.transport();
    if (layers.type() != type
        || layers.protocol() != Layers.TCP
        || tcp + 20 > frame.length
        || NicOffload.segmentSize(offload) == 0
        || NicOffload.checksumStart(offload) != tcp
        || NicOffload.checksumOffset(offload) != 16) {
      return false;
    }
    int header = (frame[tcp + 12] >>> 4 & 0xf) * 4;
    return header >= 20 && tcp + header < frame.length;
  }

  /** What leaves for a frame. */
  List<byte[]> finish(byte[] frame, long offload) {
    if (NicOffload.cutting(offload) != NicOffload.WHOLE) {
      return Segmentation.cut(frame, offload);
    }
    return List.of(
        NicOffload.needsChecksum(offload)
            ? Checksums.complete(
                frame, NicOffload.checksumStart(offload), NicOffload.checksumOffset(offload))
            : frame);
  }

  // Receiving.

  void receive(byte[] frame, long word) {
    synchronized (posted) {
      List<Integer> taken = take(frame.length);
      if (taken.isEmpty()) {
        driver.counters.noBuffer();
        return;
      }
      driver.counters.received(frame.length);
      int at = 0;
      for (int i = 0; i < taken.size(); i++) {
        int tag = taken.get(i);
        int part = Math.min(room(tag), frame.length - at);
        fill(tag, frame, at, part);
        at += part;
        int more = i < taken.size() - 1 ? NicHost.MORE : 0;
        handOver(tag, part, more, word);
      }
    }
  }

  void handOver(int tag, int bytes, int flags, long word) {
    driver.host.received(index, tag, bytes, flags, word);
  }

  /** Buffers for so many bytes, or none. */
  List<Integer> take(int bytes) {
    boolean scattered = driver.agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    int needed = 0;
    int room = 0;
    for (int tag : posted) {
      room += room(tag);
      needed++;
      if (room >= bytes || !scattered) {
        break;
      }
    }
    if (room < bytes) {
      return List.of();
    }
    List<Integer> taken = List.copyOf(posted).subList(0, needed);
    taken.forEach(posted::remove);
    return taken;
  }

  final int room(int tag) {
    int room = 0;
    for (int i = 0; i < buffers.segments(tag); i++) {
      room += buffers.length(tag, i);
    }
    return room;
  }

  void fill(int tag, byte[] frame, int from, int bytes) {
    int at = from;
    int end = from + bytes;
    for (int i = 0; i < buffers.segments(tag) && at < end; i++) {
      int part = Math.min(buffers.length(tag, i), end - at);
      MemorySegment.copy(
          frame, at, buffers.memory(tag, i), ValueLayout.JAVA_BYTE, buffers.offset(tag, i), part);
      at += part;
    }
  }

  // Coming to rest.

  CompletableFuture<Void> whenIdle() {
    synchronized (waiting) {
      idle = new CompletableFuture<>();
      if (waiting.isEmpty() && !sending) {
        tellIdle();
      }
      return idle == null ? CompletableFuture.completedFuture(null) : idle;
    }
  }

  private void tellIdle() {
    if (idle != null) {
      idle.complete(null);
      idle = null;
    }
  }

  final void abort() {
    synchronized (waiting) {
      aborting = true;
      waiting.notifyAll();
    }
  }

  void returnBuffers() {
    synchronized (posted) {
      while (!posted.isEmpty()) {
        driver.host.returned(index, posted.remove());
      }
    }
  }

  void stop() {
    synchronized (waiting) {
      aborting = true;
      stopped = true;
      waiting.notifyAll();
    }
    try {
      if (sender.isAlive()) {
        sender.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
