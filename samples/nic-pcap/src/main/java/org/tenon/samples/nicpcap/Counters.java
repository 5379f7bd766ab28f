package org.tenon.samples.nicpcap;

import java.util.concurrent.atomic.LongAdder;
import org.tenon.spi.net.NicStatistics;

/** What the card has done. For any thread. */
final class Counters {
  private final LongAdder sentFrames = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder sendErrors = new LongAdder();
  private final LongAdder receivedFrames = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder droppedNoBuffer = new LongAdder();
  private final LongAdder droppedTooLong = new LongAdder();
  private final LongAdder receiveErrors = new LongAdder();

  void sent(long frames, long bytes) {
    sentFrames.add(frames);
    sentBytes.add(bytes);
  }

  void sendError() {
    sendErrors.increment();
  }

  void received(long bytes) {
    receivedFrames.increment();
    receivedBytes.add(bytes);
  }

  void droppedNoBuffer() {
    droppedNoBuffer.increment();
  }

  void droppedTooLong() {
    droppedTooLong.increment();
  }

  void receiveError() {
    receiveErrors.increment();
  }

  NicStatistics now() {
    return new NicStatistics(
        sentFrames.sum(),
        sentBytes.sum(),
        sendErrors.sum(),
        receivedFrames.sum(),
        receivedBytes.sum(),
        droppedNoBuffer.sum(),
        droppedTooLong.sum(),
        receiveErrors.sum());
  }
}
