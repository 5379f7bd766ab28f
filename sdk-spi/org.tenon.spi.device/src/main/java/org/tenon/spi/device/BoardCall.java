package org.tenon.spi.device;

import org.tenon.api.Stability;

/**
 * Work that waits to be asked for; made with {@link DeviceHost#onBoard}. The host implements it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
@FunctionalInterface
public interface BoardCall {
  /**
   * Has the work run soon on the device thread, between two instructions of the guest; once for any
   * number of calls since it last began. In a pause it waits for the end of it. Any thread; never
   * blocks, allocates nothing; after {@link DeviceDriver#close()} it does nothing.
   */
  void raise();
}
