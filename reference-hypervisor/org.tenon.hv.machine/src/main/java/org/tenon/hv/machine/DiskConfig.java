package org.tenon.hv.machine;

import org.tenon.hv.attach.AttachListener;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * A disk to plug in.
 *
 * @param model as what the guest sees it
 * @param driver the other side
 * @param settings the driver's, read against its keys
 * @param deadlines how long to wait for the driver, in the host's time
 * @param listener who wants to know what becomes of the driver
 */
public record DiskConfig(
    DiskModel model,
    BlockDriverFactory driver,
    Config settings,
    Deadlines deadlines,
    AttachListener listener) {
  /** With the usual deadlines, nobody listening. */
  public DiskConfig(DiskModel model, BlockDriverFactory driver, Config settings) {
    this(model, driver, settings, Deadlines.DEFAULT, AttachListener.NONE);
  }
}
