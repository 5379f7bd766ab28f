package org.tenon.hv.app;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.machine.DeviceKind;
import org.tenon.hv.machine.Machine;

/**
 * A device that the command line names, for a machine that has not run yet.
 *
 * @param plugging plugs it in
 */
record PlannedDevice(DeviceKind kind, Plugging plugging) {
  /** Plugs a device in. */
  interface Plugging {
    void into(Machine machine) throws InputException;
  }

  /**
   * Plugs devices in: in this order, but where a machine that is restored had another kind next,
   * the first of that kind. Devices of one kind keep their order.
   */
  static void plugInto(Machine machine, List<PlannedDevice> planned) throws InputException {
    List<PlannedDevice> left = new ArrayList<>(planned);
    while (!left.isEmpty()) {
      @Nullable DeviceKind next = machine.awaited();
      PlannedDevice device =
          left.stream().filter(one -> one.kind == next).findFirst().orElse(left.getFirst());
      left.remove(device);
      device.plugging.into(machine);
    }
  }
}
