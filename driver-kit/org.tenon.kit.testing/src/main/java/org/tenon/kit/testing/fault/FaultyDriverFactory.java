package org.tenon.kit.testing.fault;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOffer;

/**
 * A driver that goes wrong as a script says, made of any driver that does not: for hosts that must
 * withstand it, and for checks that must see it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class FaultyDriverFactory implements BlockDriverFactory {
  private final BlockDriverFactory inner;
  private final FaultScript script;

  /** The driver of {@code inner}, with the faults of {@code script}. */
  public FaultyDriverFactory(BlockDriverFactory inner, FaultScript script) {
    this.inner = inner;
    this.script = script;
  }

  @Override
  public Identifier id() {
    return inner.id();
  }

  @Override
  public VersionRange spi() {
    return inner.spi();
  }

  @Override
  public List<ConfigKey> configKeys() {
    return inner.configKeys();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
    return inner.negotiate(offer);
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    FaultyHost between = new FaultyHost(host, agreement, script);
    return new FaultyDriver(inner.open(agreement, config, between), between, script, agreement);
  }
}
