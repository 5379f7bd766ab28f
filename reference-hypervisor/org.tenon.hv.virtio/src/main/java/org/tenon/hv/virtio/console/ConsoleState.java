package org.tenon.hv.virtio.console;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What is saved of a console device beside the common part ({@link
 * org.tenon.hv.virtio.VirtioState}).
 *
 * @param features what was agreed
 * @param ports in the order of their numbers
 */
@StateFormat(name = "virtio-console", version = 1)
public record ConsoleState(long features, List<Port> ports) {
  /** Copies the list. */
  public ConsoleState {
    ports = List.copyOf(ports);
  }

  /**
   * One port.
   *
   * @param ready whether the driver uses it
   * @param guestOpen whether a program in the guest has opened it
   * @param toldOpen whether the driver was told that somebody is at the host's end
   * @param due a bit for each event that the driver has not been told of
   * @param heldId the buffer that waits for room at the host's end, or -1
   * @param heldSlots how many descriptors of the ring it takes; 0 for none
   */
  public record Port(
      boolean ready, boolean guestOpen, boolean toldOpen, int due, int heldId, int heldSlots) {
    private static final int EVENTS =
        1 << ControlEvent.DEVICE_ADD
            | 1 << ControlEvent.CONSOLE_PORT
            | 1 << ControlEvent.PORT_OPEN
            | 1 << ControlEvent.PORT_NAME;

    /** Checks the ranges. */
    public Port {
      boolean none = heldId == -1 && heldSlots == 0;
      boolean held = heldId >>> 16 == 0 && heldSlots >= 1 && heldSlots >>> 16 == 0;
      if ((due & ~EVENTS) != 0 || !(none || held)) {
        throw new IllegalArgumentException("no state of a port");
      }
    }
  }
}
