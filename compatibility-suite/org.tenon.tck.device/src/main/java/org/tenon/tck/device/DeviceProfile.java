package org.tenon.tck.device;

import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.run.Profile;

/** What is tested of a PCI function. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceProfile {
  private static final Profile PROFILE =
      new Profile(
          new Identifier("device"),
          "PCI functions",
          Requirements.of("driver.yaml", "device.yaml"),
          CertifiedDeviceDriver.class);

  private DeviceProfile() {}

  /** The profile. */
  public static Profile get() {
    return PROFILE;
  }
}
