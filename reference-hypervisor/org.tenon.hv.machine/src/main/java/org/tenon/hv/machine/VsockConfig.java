package org.tenon.hv.machine;

import java.nio.file.Path;
import org.tenon.hv.virtio.vsock.VsockDevice;

/**
 * A socket device.
 *
 * @param cid the guest's context id
 * @param path the Unix socket at which the host connects to the guest, and the beginning of the
 *     names of those that the guest is connected to
 */
public record VsockConfig(long cid, Path path) implements VirtioConfig {
  /** Checks the id. */
  public VsockConfig {
    if (cid < VsockDevice.FIRST_CID || cid > VsockDevice.LAST_CID) {
      throw new IllegalArgumentException(
          "a guest's context id is between %d and %d, not %d"
              .formatted(VsockDevice.FIRST_CID, VsockDevice.LAST_CID, cid));
    }
  }

  @Override
  public String identity() {
    return "vsock with context id " + cid;
  }
}
