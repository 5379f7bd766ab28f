package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciSlot;

/** Makes partners' own PCI functions for slots: opens the driver and gives it a function. */
final class DevicePlug {
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;

  DevicePlug(GuestMemory memory, RunLoop loop, MachineClock clock) {
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /**
   * Makes one for a slot.
   *
   * @param place which slot, as {@link DiskState} counts
   * @param saved what it must be in a machine that is restored, whose driver starts with the rest
   *     of its state; else null
   * @throws StateException where it is not
   */
  PartnerDevice make(
      String name, DeviceConfig wanted, PciSlot slot, int place, @Nullable PartnerDeviceState saved)
      throws AttachException, StateException {
    DeviceAttachment attachment =
        DeviceAttachment.prepare(
            wanted.driver(),
            wanted.offer(),
            wanted.settings(),
            new AttachContext(
                name,
                memory,
                SystemClock.instance(),
                wanted.deadlines(),
                new ControlThread(name),
                wanted.listener()));
    String driver = wanted.driver().id().value();
    DeviceLife life = new DeviceLife(loop, clock);
    PartnerDevice device = new PartnerDevice(name, driver, place, attachment, life);
    try {
      if (saved == null) {
        attachment.start();
      } else {
        saved.check(PartnerDeviceState.of(driver, place, attachment, saved.driverState()));
        attachment.restore(saved.driverState());
      }
      device.connect(new PartnerFunction(name, attachment, slot, life, life));
      return device;
    } catch (AttachException | StateException | RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
