package org.tenon.tck.block;

import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.Profile;

/** What is tested of a block driver. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockProfile {
  private static final Profile PROFILE =
      new Profile(
          new Identifier("block"),
          "Block drivers",
          Requirements.of("driver.yaml", "block.yaml"),
          CertifiedBlockDriver.class);

  private BlockProfile() {}

  /** The profile. */
  public static Profile get() {
    return PROFILE;
  }
}
