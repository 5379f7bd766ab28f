package org.tenon.samples.blockfile;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;

/**
 * Looks at the file's size from time to time. The host's timer must not block, and asking the file
 * system may; so the timer only has a worker look, between two requests.
 */
final class SizeWatch {
  /** What is told of a new size. */
  @FunctionalInterface
  interface Listener {
    void sizeIs(long bytes);
  }

  private final ImageFile image;
  private final HostClock clock;
  private final Duration interval;
  private final Runnable haveWorkerLook;
  private final Listener listener;
  private HostClock.@Nullable Timer timer;
  private boolean stopped;

  SizeWatch(
      ImageFile image,
      HostClock clock,
      Duration interval,
      Runnable haveWorkerLook,
      Listener listener) {
    this.image = image;
    this.clock = clock;
    this.interval = interval;
    this.haveWorkerLook = haveWorkerLook;
    this.listener = listener;
  }

  /** Waits for the next look. Called at start, and after each look. */
  synchronized void arm() {
    if (!stopped) {
      timer = clock.schedule(interval, haveWorkerLook);
    }
  }

  /** Looks, on a worker's thread. */
  void look() {
    try {
      listener.sizeIs(image.size());
    } catch (IOException e) {
      // The size cannot be read just now: the requests that fail for the same reason tell the
      // guest.
    }
    arm();
  }

  /** Looks no more. Called by the control thread. */
  synchronized void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
