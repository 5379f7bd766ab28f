package org.tenon.tck.net;

import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.Profile;

/** What is tested of a NIC driver. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicProfile {
  private static final Profile PROFILE =
      new Profile(
          new Identifier("net"),
          "NIC drivers",
          Requirements.of("driver.yaml", "net.yaml"),
          CertifiedNicDriver.class);

  private NicProfile() {}

  /** The profile. */
  public static Profile get() {
    return PROFILE;
  }
}
