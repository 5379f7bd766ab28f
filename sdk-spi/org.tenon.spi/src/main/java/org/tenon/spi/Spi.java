package org.tenon.spi;

import org.tenon.api.Stability;
import org.tenon.api.Version;

/** The SPI as a whole. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class Spi {
  /** The version that this SDK carries. A driver whose range contains it may be loaded. */
  public static final Version VERSION = new Version(1, 0, 0);

  private Spi() {}
}
