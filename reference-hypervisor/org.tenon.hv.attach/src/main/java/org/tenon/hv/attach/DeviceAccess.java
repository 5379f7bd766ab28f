package org.tenon.hv.attach;

import org.jspecify.annotations.Nullable;
import org.tenon.spi.device.DeviceDriver;

/**
 * One access of the guest's, on its way to the driver and back. A single object for all, filled by
 * the run loop before the device thread is asked, and read by it afterwards.
 */
final class DeviceAccess implements Runnable {
  private final DeviceDriver driver;
  private boolean writes;
  private int bar;
  private int offset;
  private int size;
  private long value;
  private @Nullable Throwable thrown;

  DeviceAccess(DeviceDriver driver) {
    this.driver = driver;
  }

  void read(int fromBar, int at, int bytes) {
    writes = false;
    bar = fromBar;
    offset = at;
    size = bytes;
    value = -1;
    thrown = null;
  }

  void write(int toBar, int at, int bytes, long written) {
    read(toBar, at, bytes);
    writes = true;
    value = written;
  }

  @Override
  public void run() {
    try {
      if (writes) {
        driver.write(bar, offset, size, value);
      } else {
        value = driver.read(bar, offset, size);
      }
    } catch (Throwable t) {
      thrown = t;
    }
  }

  /** What the driver answered. */
  long value() {
    return value;
  }

  /** What the driver threw, or null. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  @Override
  public String toString() {
    return "%s of %d bytes at %#x in BAR %d"
        .formatted(writes ? "the write" : "the read", size, offset, bar);
  }
}
