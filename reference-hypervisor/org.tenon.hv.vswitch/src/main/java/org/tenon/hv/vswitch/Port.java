package org.tenon.hv.vswitch;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.tenon.hv.vswitch.Departure.Tagging;

/**
 * A port of the switch: where frames enter by one thread at a time, and leave by any, one after the
 * other.
 */
abstract sealed class Port permits GuestPort, Uplink {
  private static final int ENTERED = 0;
  private static final int ENTERED_BYTES = 1;
  private static final int LEFT = 2;
  private static final int LEFT_BYTES = 3;
  private static final int BAD_VLAN = 4;
  private static final int FLOODED = 5;
  private static final int INVALID = 6;
  private static final int NO_BUFFER = 7;

  private final AtomicLongArray counts = new AtomicLongArray(NO_BUFFER + 1);
  private final PortSettings settings;
  private final int number;
  final FloodLimit floodLimit;
  final Decision decision = new Decision();

  Port(int number, PortSettings settings, LongSupplier nanoTime) {
    this.number = number;
    this.settings = settings;
    floodLimit = new FloodLimit(nanoTime, settings.floodLimit());
  }

  /** Writes a frame out, if it may leave here and there is room; any thread. */
  abstract void leave(Frame frame, Tagging tagging);

  /** Whether the port leads out of the host. */
  abstract boolean isUplink();

  final int number() {
    return number;
  }

  final PortSettings settings() {
    return settings;
  }

  final void entered(int bytes) {
    counts.getAndIncrement(ENTERED);
    counts.getAndAdd(ENTERED_BYTES, bytes);
  }

  final void left(int written, int bytes) {
    if (written > 0) {
      counts.getAndIncrement(LEFT);
      counts.getAndAdd(LEFT_BYTES, bytes);
    } else {
      counts.getAndIncrement(written == 0 ? NO_BUFFER : INVALID);
    }
  }

  final void badVlan() {
    counts.getAndIncrement(BAD_VLAN);
  }

  final void flooded() {
    counts.getAndIncrement(FLOODED);
  }

  final void invalid() {
    counts.getAndIncrement(INVALID);
  }

  /** What has passed. */
  final PortStatistics statistics() {
    return new PortStatistics(
        counts.get(ENTERED),
        counts.get(ENTERED_BYTES),
        counts.get(LEFT),
        counts.get(LEFT_BYTES),
        counts.get(BAD_VLAN),
        counts.get(FLOODED),
        counts.get(INVALID),
        counts.get(NO_BUFFER));
  }
}
