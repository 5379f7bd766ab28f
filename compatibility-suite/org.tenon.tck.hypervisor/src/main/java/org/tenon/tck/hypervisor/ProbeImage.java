package org.tenon.tck.hypervisor;

import org.tenon.api.Stability;
import org.tenon.tck.hypervisor.guest.Probe;
import org.tenon.tck.hypervisor.image.ImageBuilder;

/** The probe as a kernel file. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class ProbeImage {
  private ProbeImage() {}

  /**
   * Builds it.
   *
   * @return an ELF file for whatever boots kernels by the PVH protocol; the same bytes each time
   */
  public static byte[] build() {
    return ImageBuilder.build(Probe.class);
  }
}
