package org.tenon.tck.vswitch;

import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.Profile;

/** What is tested of an extension of the virtual switch. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class SwitchProfile {
  private static final Profile PROFILE =
      new Profile(
          new Identifier("switch"),
          "Extensions of the virtual switch",
          Requirements.of("driver.yaml", "switch.yaml"),
          CertifiedSwitchExtension.class);

  private SwitchProfile() {}

  /** The profile. */
  public static Profile get() {
    return PROFILE;
  }
}
