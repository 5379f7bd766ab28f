package org.tenon.hv.attach;

import org.jspecify.annotations.Nullable;

/** A call of a device driver that is no access, with what came of it. Run on the device thread. */
final class DriverWork implements Runnable {
  private final String name;
  private final Runnable body;
  private @Nullable Throwable thrown;

  DriverWork(String name, Runnable body) {
    this.name = name;
    this.body = body;
  }

  /** For whoever reads of a fault. */
  String name() {
    return name;
  }

  /** What the driver threw the last time; asked when the run is over. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  @Override
  public void run() {
    thrown = null;
    try {
      body.run();
    } catch (Throwable t) {
      thrown = t;
    }
  }
}
