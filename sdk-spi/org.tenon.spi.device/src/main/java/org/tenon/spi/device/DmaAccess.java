package org.tenon.spi.device;

import org.tenon.api.Stability;

/** What a {@link DmaLease} is for, as an {@code int}: one bit or both. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DmaAccess {
  /** The function reads what the guest has written. */
  public static final int READ = 1;

  /** The function writes what the guest reads. */
  public static final int WRITE = 2;

  /** Both. */
  public static final int READ_WRITE = READ | WRITE;

  private DmaAccess() {}
}
