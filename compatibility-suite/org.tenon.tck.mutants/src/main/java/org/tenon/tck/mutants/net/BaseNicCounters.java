package org.tenon.tck.mutants.net;

import java.util.concurrent.atomic.AtomicLong;
import org.tenon.spi.net.NicStatistics;

/** What the base card has done. For any thread. */
final class BaseNicCounters {
  private final AtomicLong sentFrames = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong sendErrors = new AtomicLong();
  private final AtomicLong receivedFrames = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong droppedNoBuffer = new AtomicLong();
  private final AtomicLong droppedTooLong = new AtomicLong();

  void sent(int bytes) {
    sentFrames.incrementAndGet();
    sentBytes.addAndGet(bytes);
  }

  void sendError() {
    sendErrors.incrementAndGet();
  }

  void received(int bytes) {
    receivedFrames.incrementAndGet();
    receivedBytes.addAndGet(bytes);
  }

  void noBuffer() {
    droppedNoBuffer.incrementAndGet();
  }

  void tooLong() {
    droppedTooLong.incrementAndGet();
  }

  void clear() {
    sentFrames.set(0);
    sentBytes.set(0);
  }

  NicStatistics now() {
    return new NicStatistics(
        sentFrames.get(),
        sentBytes.get(),
        sendErrors.get(),
        receivedFrames.get(),
        receivedBytes.get(),
        droppedNoBuffer.get(),
        droppedTooLong.get(),
        0);
  }
}
