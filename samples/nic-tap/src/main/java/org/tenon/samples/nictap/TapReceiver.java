package org.tenon.samples.nictap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tenon.samples.nictap.ffi.IoVector;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.samples.nictap.ffi.TapPort;
import org.tenon.samples.nictap.ffi.Waiter;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * The thread of one queue: reads frames into the posted buffers, and looks after what else may
 * happen to the queue. Allocates nothing for a frame.
 *
 * <p>The kernel writes a frame straight into the buffers where these hold the longest that may
 * come. Where they do not, it goes through memory of the driver's own, so that a frame without room
 * leaves no trace in a buffer.
 */
final class TapReceiver implements Runnable {
  private static final int BURST = 64;

  /** Where what is longer than all that may come ends. */
  private static final int SPILL = 65_536;

  private final int index;
  private final TapNicDriver driver;
  private final NicHost host;
  private final NicMemory buffers;
  private final Counters counters;
  private final TapPort port;
  private final boolean hasQueue;
  private final Waiter waiter;
  private final PostedBuffers posted;
  private final boolean scatters;
  private final int maxFrameBytes;
  private final int longest;
  private final IoVector vector;
  private final VnetHeader header;
  private final MemorySegment spill;
  private final AtomicReference<@Nullable CompletableFuture<Void>> returning =
      new AtomicReference<>();
  private volatile boolean wantsRoom;
  private volatile boolean paused;
  private volatile boolean ending;
  private boolean gone;

  /**
   * For one pair of queues.
   *
   * @param hasQueue whether frames come by the port, or it belongs to another receiver
   */
  TapReceiver(
      int index,
      TapNicDriver driver,
      NicAgreement agreement,
      TapPort port,
      boolean hasQueue,
      Waiter waiter,
      Arena arena,
      NicHost host) {
    this.index = index;
    this.driver = driver;
    this.host = host;
    this.buffers = host.buffers(index);
    this.counters = driver.counters();
    this.port = port;
    this.hasQueue = hasQueue;
    this.waiter = waiter;
    this.posted = new PostedBuffers(agreement.queueDepth());
    this.scatters = agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    NicProperties properties = driver.properties();
    this.maxFrameBytes = properties.maxFrameBytes();
    this.longest =
        agreement.has(NicCapabilities.RECEIVE_JOINED)
            ? properties.maxSegmentedBytes()
            : maxFrameBytes;
    this.vector = new IoVector(arena);
    this.header = new VnetHeader(arena.allocate(TapInterface.HEADER_BYTES), agreement);
    this.spill = arena.allocate(longest + SPILL);
  }

  int index() {
    return index;
  }

  PostedBuffers posted() {
    return posted;
  }

  @Override
  public void run() {
    if (index == 0) {
      driver.lookAtInterface();
    }
    while (!ending) {
      returnIfAsked();
      boolean receives = hasQueue && !paused && !gone;
      if (receives && receiveBurst()) {
        waiter.look(port, wantsRoom);
      } else {
        waiter.await(port, receives && !gone, wantsRoom && !gone);
      }
      if (waiter.linkStirred()) {
        driver.lookAtInterface();
      }
      if (wantsRoom && waiter.hasRoom()) {
        wantsRoom = false;
        host.queueReady(index);
      }
    }
  }

  /** Gives every buffer back, soon; until {@link #resume}, if it is to pause, no frame arrives. */
  CompletableFuture<Void> returnBuffers(boolean pause) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    paused = pause;
    returning.set(done);
    waiter.wake();
    return done;
  }

  void resume() {
    paused = false;
    waiter.wake();
  }

  /** Has the host told when the kernel takes frames again. Called by the sending thread. */
  void tellOfRoom() {
    wantsRoom = true;
    waiter.wake();
  }

  /** Has the thread end. */
  void end() {
    ending = true;
    waiter.wake();
  }

  /** Gives every buffer back. Called by this thread, and by the control thread once it is over. */
  void returnAll() {
    while (posted.count() > 0) {
      host.returned(index, posted.remove());
    }
  }

  private void returnIfAsked() {
    CompletableFuture<Void> asked = returning.getAndSet(null);
    if (asked != null) {
      returnAll();
      asked.complete(null);
    }
  }

  /** Receives some frames, and says whether there may be more. */
  private boolean receiveBurst() {
    for (int i = 0; i < BURST; i++) {
      int result = receive();
      if (result == TapPort.GONE) {
        gone = true;
        driver.lookAtInterface();
      }
      if (result < 0) {
        return false;
      }
    }
    return true;
  }

  /** Receives one frame, and answers as {@link TapPort#read} does. */
  private int receive() {
    vector.clear();
    vector.add(header.bytes(), 0, TapInterface.HEADER_BYTES);
    boolean direct = addBuffers();
    if (!direct) {
      vector.clear();
      vector.add(header.bytes(), 0, TapInterface.HEADER_BYTES);
    }
    vector.add(spill, 0, spill.byteSize());
    int result = port.read(vector);
    if (result < 0) {
      return result;
    }
    int length = result - TapInterface.HEADER_BYTES;
    long offload = header.read();
    boolean joined = NicOffload.cutting(offload) != NicOffload.WHOLE;
    if (length < NicProperties.HEADER_BYTES) {
      counters.receiveError();
    } else if (length > (joined ? longest : maxFrameBytes)) {
      counters.droppedTooLong();
    } else if (direct || copyFromSpill(length)) {
      handOver(length, offload);
    } else {
      counters.droppedNoBuffer();
    }
    return result;
  }

  /** Adds buffers to the vector, and says whether they hold all that may come. */
  private boolean addBuffers() {
    if (driver.mayBringLonger()) {
      return false;
    }
    int usable = scatters ? posted.count() : Math.min(posted.count(), 1);
    for (int i = 0; i < usable; i++) {
      int tag = posted.tag(i);
      int segments = buffers.segments(tag);
      if (vector.count() + segments >= IoVector.LIMIT) {
        return false;
      }
      for (int j = 0; j < segments; j++) {
        vector.add(buffers.memory(tag, j), buffers.offset(tag, j), buffers.length(tag, j));
      }
      if (vector.bytes() >= TapInterface.HEADER_BYTES + longest) {
        return true;
      }
    }
    return false;
  }

  /** Puts a frame into the buffers if they hold it. */
  private boolean copyFromSpill(int length) {
    int usable = scatters ? posted.count() : Math.min(posted.count(), 1);
    int room = 0;
    for (int i = 0; i < usable && room < length; i++) {
      room += length(posted.tag(i), length - room);
    }
    if (room < length) {
      return false;
    }
    int done = 0;
    for (int i = 0; done < length; i++) {
      int tag = posted.tag(i);
      for (int j = 0; j < buffers.segments(tag) && done < length; j++) {
        int more = Math.min(buffers.length(tag, j), length - done);
        MemorySegment.copy(spill, done, buffers.memory(tag, j), buffers.offset(tag, j), more);
        done += more;
      }
    }
    return true;
  }

  private void handOver(int length, long offload) {
    counters.received(length);
    int left = length;
    while (left > 0) {
      int tag = posted.remove();
      int bytes = length(tag, left);
      left -= bytes;
      host.received(index, tag, bytes, left > 0 ? NicHost.MORE : 0, offload);
    }
  }

  /** How long a buffer is, or {@code enough} if it is longer. */
  private int length(int tag, int enough) {
    long length = 0;
    for (int i = 0; i < buffers.segments(tag); i++) {
      length += buffers.length(tag, i);
    }
    return (int) Math.min(length, enough);
  }
}
