package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciSlot;

/** Plugs partners' own PCI functions into a board. */
final class DevicePlug {
  private final Board board;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;

  DevicePlug(Board board, GuestMemory memory, RunLoop loop, MachineClock clock) {
    this.board = board;
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /**
   * Plugs one into the next slot.
   *
   * @param saved what it must be in a machine that is restored, whose driver starts with the rest
   *     of its state; else null
   * @throws StateException where it is not
   */
  PartnerDevice plug(String name, DeviceConfig wanted, @Nullable PartnerDeviceState saved)
      throws AttachException, StateException {
    PciSlot slot = board.nextSlot();
    int place = board.nextDevice();
    DeviceAttachment attachment =
        DeviceAttachment.prepare(
            wanted.driver(),
            PartnerFunction.OFFER,
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    String driver = wanted.driver().id().value();
    PartnerDevice device = new PartnerDevice(name, driver, place, attachment);
    try {
      if (saved == null) {
        attachment.start();
      } else {
        saved.check(PartnerDeviceState.of(driver, place, attachment, saved.driverState()));
        attachment.restore(saved.driverState());
      }
      PartnerFunction function = new PartnerFunction(name, attachment, slot, clock, loop);
      device.connect(function);
      board.plug(function.function());
      return device;
    } catch (AttachException | StateException | RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
