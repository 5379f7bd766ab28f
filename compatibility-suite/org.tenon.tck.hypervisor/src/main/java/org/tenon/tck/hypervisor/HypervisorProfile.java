package org.tenon.tck.hypervisor;

import org.tenon.api.Stability;
import org.tenon.tck.core.Requirements;

/** What is asked of a hypervisor. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class HypervisorProfile {
  /** For people. */
  static final String TITLE = "Hypervisors";

  private static final Requirements REQUIREMENTS = Requirements.of("hypervisor.yaml");

  private HypervisorProfile() {}

  /** The clauses, HYP. */
  public static Requirements requirements() {
    return REQUIREMENTS;
  }
}
