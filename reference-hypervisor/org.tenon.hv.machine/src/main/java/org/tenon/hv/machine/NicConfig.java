package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachListener;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicProperties;

/**
 * A network card to plug in; the guest sees virtio-net.
 *
 * @param driver the other side: a partner's, or a port of a virtual switch
 * @param settings the driver's, read against its keys
 * @param address the card's; null for the driver's own
 * @param queuePairs the most pairs of queues, from 1
 * @param deadlines how long to wait for the driver, in the host's time
 * @param listener who wants to know what becomes of the driver
 */
public record NicConfig(
    NicDriverFactory driver,
    Config settings,
    @Nullable MacAddress address,
    int queuePairs,
    Deadlines deadlines,
    AttachListener listener) {
  /** The card's address, where a driver says this of itself. */
  MacAddress address(NicProperties driversOwn) {
    return address == null ? driversOwn.address() : address;
  }

  /** With the usual deadlines, nobody listening. */
  public NicConfig(
      NicDriverFactory driver, Config settings, @Nullable MacAddress address, int queuePairs) {
    this(driver, settings, address, queuePairs, Deadlines.DEFAULT, AttachListener.NONE);
  }
}
