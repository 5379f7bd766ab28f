package org.tenon.hv.machine;

import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What a virtio device without a driver is, so that a saved machine goes on with no other.
 *
 * @param slot its device number on PCI bus 0
 * @param identity what the guest knows of it, such as the names of its ports
 */
@StateFormat(name = "loop-device", version = 1)
public record LoopDeviceState(int slot, String identity) {
  /**
   * Compares with a device that is to take its place.
   *
   * @throws StateException with what differs
   */
  void check(LoopDeviceState offered) throws StateException {
    if (!equals(offered)) {
      throw new StateException(
          "the saved machine has %s in slot %d here, not %s in slot %d"
              .formatted(identity, slot, offered.identity, offered.slot));
    }
  }
}
