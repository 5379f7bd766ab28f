package org.tenon.samples.nicpcap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * The thread that has a capture's frames arrive. With {@code timing=fast} a frame waits until there
 * is room for it, and is dropped only if no buffer can ever hold it; as captured, it comes when it
 * is due and is dropped where there is no room. The monitor is never held while the file is read.
 */
final class Replay implements Runnable {
  private static final int QUEUE = 0;
  private static final long LONGEST_GAP = Long.MAX_VALUE / 4;

  private final NicHost host;
  private final NicMemory buffers;
  private final Counters counters;
  private final CaptureReader reader;
  private final Consumer<String> onDamage;
  private final boolean asCaptured;
  private final boolean scatters;
  private final int maxFrameBytes;
  private final int[] posted;
  private int first;
  private int count;
  private boolean paused;
  private boolean ending;
  private boolean begun;
  private long begunAt;
  private long firstNanos;
  private HostClock.@Nullable Timer timer;

  /**
   * For one pair of queues.
   *
   * @param onDamage told why a capture cannot be read on
   */
  Replay(
      NicAgreement agreement,
      NicProperties properties,
      CaptureReader reader,
      boolean asCaptured,
      Counters counters,
      Consumer<String> onDamage,
      NicHost host) {
    this.host = host;
    this.buffers = host.buffers(QUEUE);
    this.counters = counters;
    this.reader = reader;
    this.onDamage = onDamage;
    this.asCaptured = asCaptured;
    this.scatters = agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    this.maxFrameBytes = properties.maxFrameBytes();
    this.posted = new int[agreement.queueDepth()];
  }

  @Override
  public void run() {
    try {
      while (reader.next()) {
        if (reader.isCutShort() || reader.length() < NicProperties.HEADER_BYTES) {
          counters.receiveError();
        } else if (reader.length() > maxFrameBytes) {
          counters.droppedTooLong();
        } else if (!arrive()) {
          return;
        }
      }
    } catch (IOException e) {
      counters.receiveError();
      onDamage.accept(String.valueOf(e.getMessage()));
    }
  }

  /** Has the frame at hand arrive, or drops it; false at the end of this thread's life. */
  private synchronized boolean arrive() {
    if (asCaptured) {
      awaitInstant();
    }
    while (!ending && (paused || mustWait(reader.length()))) {
      waitOnce();
    }
    if (ending) {
      return false;
    }
    int needed = buffersFor(reader.length());
    if (needed == 0) {
      counters.droppedNoBuffer();
    } else {
      fill(needed);
    }
    return true;
  }

  /** Whether more buffers may make room for a frame. */
  private boolean mustWait(int length) {
    boolean mayGrow = count < posted.length && (scatters || count == 0);
    return !asCaptured && mayGrow && buffersFor(length) == 0;
  }

  private void awaitInstant() {
    HostClock clock = host.clock();
    if (!begun) {
      begun = true;
      begunAt = clock.nanoTime();
      firstNanos = reader.nanos();
    }
    long after = Math.clamp(reader.nanos() - firstNanos, 0, LONGEST_GAP);
    long left = begunAt + after - clock.nanoTime();
    if (left > 0 && !ending) {
      timer = clock.schedule(Duration.ofNanos(left), this::wakeUp);
      while (!ending && begunAt + after - clock.nanoTime() > 0) {
        waitOnce();
      }
    }
  }

  private synchronized void wakeUp() {
    notifyAll();
  }

  /** Every caller asks again what it waits for. */
  @SuppressWarnings("WaitNotInLoop")
  private void waitOnce() {
    try {
      wait();
    } catch (InterruptedException e) {
      // Nobody asks this thread to stop this way; end() does.
    }
  }

  /** How many buffers from the front hold so many bytes; 0 if those that may be used do not. */
  private int buffersFor(int bytes) {
    int usable = scatters ? count : Math.min(count, 1);
    long room = 0;
    for (int i = 0; i < usable; i++) {
      int tag = posted[(first + i) % posted.length];
      for (int segment = 0; segment < buffers.segments(tag); segment++) {
        room += buffers.length(tag, segment);
      }
      if (room >= bytes) {
        return i + 1;
      }
    }
    return 0;
  }

  private void fill(int needed) {
    counters.received(reader.length());
    int done = 0;
    for (int i = 1; i <= needed; i++) {
      int tag = removeFirst();
      int bytes = copy(done, tag);
      done += bytes;
      host.received(QUEUE, tag, bytes, i < needed ? NicHost.MORE : 0, NicOffload.NONE);
    }
  }

  /** Fills a buffer from a place in the frame on, and says with how many bytes. */
  private int copy(int from, int tag) {
    int done = from;
    for (int i = 0; i < buffers.segments(tag) && done < reader.length(); i++) {
      int more = Math.min(buffers.length(tag, i), reader.length() - done);
      MemorySegment.copy(
          reader.bytes(),
          reader.offset() + done,
          buffers.memory(tag, i),
          ValueLayout.JAVA_BYTE,
          buffers.offset(tag, i),
          more);
      done += more;
    }
    return done - from;
  }

  /** Takes over buffers. Called by the posting thread. */
  synchronized int post(NicBatch batch) {
    int accepted = Math.min(batch.size(), posted.length - count);
    for (int i = 0; i < accepted; i++) {
      posted[(first + count) % posted.length] = batch.tag(i);
      count++;
    }
    notifyAll();
    return accepted;
  }

  /** Gives every buffer back; if it is to pause, no frame arrives until {@link #resume}. */
  synchronized void returnBuffers(boolean pause) {
    paused = pause;
    while (count > 0) {
      host.returned(QUEUE, removeFirst());
    }
  }

  synchronized void resume() {
    paused = false;
    notifyAll();
  }

  /** Has the thread end. */
  synchronized void end() {
    ending = true;
    if (timer != null) {
      timer.cancel();
    }
    notifyAll();
  }

  private int removeFirst() {
    int tag = posted[first];
    first = (first + 1) % posted.length;
    count--;
    return tag;
  }
}
