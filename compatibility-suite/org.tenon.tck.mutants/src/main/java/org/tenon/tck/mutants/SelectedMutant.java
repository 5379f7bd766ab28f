package org.tenon.tck.mutants;

import java.util.List;
import org.tenon.api.Identifier;
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
 * The mutant that a system property names, or the base driver without it: one class by which a
 * process of its own finds the driver that it is to run.
 */
public final class SelectedMutant implements BlockDriverFactory {
  /** The system property that holds a mutant's id. */
  public static final String PROPERTY = "tenon.mutant";

  private final BlockDriverFactory real;

  private SelectedMutant(BlockDriverFactory real) {
    this.real = real;
  }

  /**
   * The one that is selected now.
   *
   * @throws IllegalArgumentException if there is no such mutant
   */
  public static BlockDriverFactory provider() {
    String id = System.getProperty(PROPERTY);
    return new SelectedMutant(
        id == null ? Mutants.base() : (BlockDriverFactory) Mutants.get(id).factory());
  }

  @Override
  public Identifier id() {
    return real.id();
  }

  @Override
  public VersionRange spi() {
    return real.spi();
  }

  @Override
  public List<ConfigKey> configKeys() {
    return real.configKeys();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
    return real.negotiate(offer);
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    return real.open(agreement, config, host);
  }
}
