package org.tenon.hv.attach;

import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.net.NicLink;

/** Whoever wants to know what becomes of a driver. Called by any thread; must not block. */
public interface AttachListener {
  /** Hears nothing. */
  AttachListener NONE = new AttachListener() {};

  /** The driver broke a promise. The first fault puts it into quarantine. */
  default void fault(Fault fault) {}

  /** The driver is in quarantine; every request fails until another attachment takes its place. */
  default void quarantined(Fault because) {}

  /** The device's size has changed. */
  default void geometryChanged(BlockGeometry now) {}

  /** The card's link has changed. */
  default void linkChanged(NicLink now) {}

  /** The driver says how it is. */
  default void healthChanged(Health now) {}
}
