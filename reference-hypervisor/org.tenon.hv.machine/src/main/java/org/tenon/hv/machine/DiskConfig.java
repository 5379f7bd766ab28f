package org.tenon.hv.machine;

import org.tenon.spi.Config;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * A disk to plug in.
 *
 * @param model as what the guest sees it
 * @param driver the other side
 * @param settings the driver's, read against its keys
 */
public record DiskConfig(DiskModel model, BlockDriverFactory driver, Config settings) {}
