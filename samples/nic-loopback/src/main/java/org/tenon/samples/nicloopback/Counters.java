package org.tenon.samples.nicloopback;

import java.util.concurrent.atomic.LongAdder;
import org.tenon.spi.net.NicStatistics;

/** What the card has done, counted by all its senders. For any thread. */
final class Counters {
  private final LongAdder sentFrames = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder sendErrors = new LongAdder();
  private final LongAdder receivedFrames = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder droppedNoBuffer = new LongAdder();

  void sent(int frames, long bytes) {
    sentFrames.add(frames);
    sentBytes.add(bytes);
  }

  void sendError() {
    sendErrors.increment();
  }

  void received(int bytes) {
    receivedFrames.increment();
    receivedBytes.add(bytes);
  }

  void droppedNoBuffer() {
    droppedNoBuffer.increment();
  }

  /** Nothing comes damaged or too long by this wire. */
  NicStatistics now() {
    return new NicStatistics(
        sentFrames.sum(),
        sentBytes.sum(),
        sendErrors.sum(),
        receivedFrames.sum(),
        receivedBytes.sum(),
        droppedNoBuffer.sum(),
        0,
        0);
  }
}
