package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.spi.Config;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicDriverFactory;

/**
 * A network card to plug in; the guest sees virtio-net.
 *
 * @param driver the other side: a partner's, or a port of a virtual switch
 * @param settings the driver's, read against its keys
 * @param address the card's; null for the driver's own
 * @param queuePairs the most pairs of queues, from 1
 */
public record NicConfig(
    NicDriverFactory driver, Config settings, @Nullable MacAddress address, int queuePairs) {}
