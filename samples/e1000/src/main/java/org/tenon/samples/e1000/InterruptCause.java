package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.ICR;
import static org.tenon.samples.e1000.Registers.IMS;
import static org.tenon.samples.e1000.Registers.ITR;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.HostClock;
import org.tenon.spi.device.DeviceHost;

/**
 * Why the controller interrupts, what the guest has masked, and how often it wants to hear of it
 * (13.4.17 to 13.4.21). The pin is high while a cause stands that is not masked, but rises no
 * sooner than ITR allows. For the device thread.
 */
final class InterruptCause {
  /** A descriptor of the transmit ring was written back. */
  static final int TRANSMITTED = 1;

  /** The transmit ring is empty. */
  static final int TRANSMIT_EMPTY = 1 << 1;

  /** The link came or went. */
  static final int LINK = 1 << 2;

  /** Few receive descriptors are left. */
  static final int RECEIVE_FEW = 1 << 4;

  /** A frame waits for receive descriptors. */
  static final int RECEIVE_OVERRUN = 1 << 6;

  /** Frames were received. */
  static final int RECEIVED = 1 << 7;

  /** An access of the transceiver is over. */
  static final int MDIO_DONE = 1 << 9;

  private static final int ALL = 0x1ffff;
  private static final int ITR_UNIT_NANOS = 256;

  private final RegisterFile file;
  private final DeviceHost host;
  private boolean asserted;

  /** Rings when the pin may rise again. */
  private HostClock.@Nullable Timer timer;

  /** When it rose last, in machine time. */
  private long rose;

  private boolean everRose;

  InterruptCause(RegisterFile file, DeviceHost host) {
    this.file = file;
    this.host = host;
  }

  void raise(int causes) {
    file.set(ICR, file.get(ICR) | causes & ALL);
    update();
  }

  /** The guest reads ICR, which clears it. */
  int take() {
    int causes = file.get(ICR);
    acknowledge(causes);
    return causes;
  }

  void acknowledge(int causes) {
    file.set(ICR, file.get(ICR) & ~causes);
    update();
  }

  void enable(int causes) {
    file.set(IMS, file.get(IMS) | causes & ALL);
    update();
  }

  void disable(int causes) {
    file.set(IMS, file.get(IMS) & ~causes);
    update();
  }

  /** Drives the pin as the registers say. */
  void update() {
    boolean wanted = file.has(ICR, file.get(IMS));
    if (!wanted) {
      if (asserted) {
        asserted = false;
        host.setIntx(false);
      }
    } else if (!asserted && timer == null) {
      raiseInTime();
    }
  }

  private void raiseInTime() {
    long now = host.clock().nanoTime();
    long wait = everRose ? rose + (long) file.get(ITR) * ITR_UNIT_NANOS - now : 0;
    if (wait > 0) {
      timer = host.clock().schedule(Duration.ofNanos(wait), this::mayRise);
    } else {
      asserted = true;
      rose = now;
      everRose = true;
      host.setIntx(true);
    }
  }

  private void mayRise() {
    timer = null;
    update();
  }

  /** Forgets; the pin falls. */
  void reset() {
    stop();
    everRose = false;
    update();
  }

  /** Ends what may still ring. */
  void stop() {
    HostClock.Timer set = timer;
    if (set != null) {
      set.cancel();
      timer = null;
    }
  }
}
