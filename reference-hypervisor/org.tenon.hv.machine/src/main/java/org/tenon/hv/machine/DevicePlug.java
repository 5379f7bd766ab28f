package org.tenon.hv.machine;

import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.DeviceAttachment;
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

  /** Plugs one into the next slot. */
  PartnerDevice plug(String name, DeviceConfig wanted) throws AttachException {
    PciSlot slot = board.nextSlot();
    DeviceAttachment attachment =
        DeviceAttachment.open(
            wanted.driver(),
            PartnerFunction.OFFER,
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    PartnerDevice device = new PartnerDevice(name, attachment);
    try {
      board.plug(new PartnerFunction(name, attachment, slot, clock, loop).function());
      return device;
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
