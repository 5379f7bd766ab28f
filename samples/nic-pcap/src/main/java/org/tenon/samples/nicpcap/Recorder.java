package org.tenon.samples.nicpcap;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicProperties;

/**
 * The thread that writes frames. Its monitor is held for a few steps only and never while a file is
 * written, so that {@link #add} never blocks. Allocates nothing for a frame.
 */
final class Recorder implements Runnable {
  private final NicHost host;
  private final NicFrames frames;
  private final Counters counters;
  private final @Nullable CaptureWriter writer;
  private final int maxFrameBytes;
  private final long epoch;
  private final Runnable onFailure;
  private final int[] waiting;
  private final int[] taken;
  private final int[] status;
  private int first;
  private int count;
  private int busy;
  private boolean ending;
  private CompletableFuture<Void> idle = new CompletableFuture<>();

  /**
   * For one pair of queues.
   *
   * @param writer where frames go; null for nowhere
   * @param epoch nanoseconds from 1970 to the clock's zero
   * @param onFailure told when the file cannot be written
   */
  Recorder(
      int depth,
      NicProperties properties,
      Counters counters,
      @Nullable CaptureWriter writer,
      long epoch,
      Runnable onFailure,
      NicHost host) {
    this.host = host;
    this.frames = host.frames(0);
    this.counters = counters;
    this.writer = writer;
    this.maxFrameBytes = properties.maxFrameBytes();
    this.epoch = epoch;
    this.onFailure = onFailure;
    this.waiting = new int[depth];
    this.taken = new int[depth];
    this.status = new int[depth];
  }

  /** Takes over frames. Called by the sending thread. */
  synchronized int add(NicBatch batch) {
    // A tag that has been given back may come again before settle() is through with the others.
    int accepted = ending ? 0 : Math.min(batch.size(), waiting.length - count);
    for (int i = 0; i < accepted; i++) {
      waiting[(first + count) % waiting.length] = batch.tag(i);
      count++;
    }
    notifyAll();
    return accepted;
  }

  @Override
  public void run() {
    for (int size = take(); size > 0; size = take()) {
      record(size);
      settle(size);
    }
  }

  /** Waits for frames, and takes all there are; 0 at the end. */
  private synchronized int take() {
    while (count == 0 && !ending) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Nobody asks this thread to stop this way; end() does.
      }
    }
    busy = count;
    for (int i = 0; i < busy; i++) {
      taken[i] = waiting[first];
      first = (first + 1) % waiting.length;
    }
    count = 0;
    return busy;
  }

  /** Writes frames out, in as few writes as they fit in. */
  private void record(int size) {
    long now = epoch + host.clock().nanoTime();
    int from = 0;
    for (int i = 0; i < size; i++) {
      int length = length(taken[i]);
      boolean fits = length >= NicProperties.HEADER_BYTES && length <= maxFrameBytes;
      status[i] = fits ? Status.OK : Status.INVALID;
      if (fits && writer != null) {
        if (!writer.hasRoom(length)) {
          flush(from, i);
          from = i;
        }
        writer.add(frames, taken[i], length, now);
      }
    }
    flush(from, size);
  }

  private void flush(int from, int to) {
    if (writer == null) {
      return;
    }
    try {
      writer.flush();
    } catch (IOException e) {
      for (int i = from; i < to; i++) {
        status[i] = status[i] == Status.OK ? Status.IO_ERROR : status[i];
      }
      onFailure.run();
    }
  }

  private void settle(int size) {
    for (int i = 0; i < size; i++) {
      if (status[i] == Status.OK) {
        counters.sent(1, length(taken[i]));
      } else {
        counters.sendError();
      }
      host.transmitted(0, taken[i], status[i]);
    }
    CompletableFuture<Void> reached = null;
    synchronized (this) {
      busy = 0;
      if (count == 0) {
        reached = idle;
      }
    }
    if (reached != null) {
      reached.complete(null);
    }
  }

  private int length(int tag) {
    long length = 0;
    for (int i = 0; i < frames.segments(tag); i++) {
      length += frames.length(tag, i);
    }
    return (int) Math.min(length, Integer.MAX_VALUE);
  }

  /** Completes when nothing is in flight. Called by the control thread while nothing is sent. */
  synchronized CompletableFuture<Void> whenIdle() {
    idle = new CompletableFuture<>();
    if (count == 0 && busy == 0) {
      idle.complete(null);
    }
    return idle;
  }

  /** Has the thread end once it has written what waits. */
  synchronized void end() {
    ending = true;
    notifyAll();
  }
}
