package org.tenon.hv.machine;

import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.nvme.NvmeFunction;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.virtio.blk.BlkDevice;
import org.tenon.hv.virtio.pci.VirtioPciFunction;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;

/** Makes disks for slots: opens the driver and puts a device model in front of it. */
final class DiskPlug {
  private static final int CLASS_OTHER_STORAGE = 0x018000;

  private final MachineConfig config;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;

  DiskPlug(MachineConfig config, GuestMemory memory, RunLoop loop, MachineClock clock) {
    this.config = config;
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /** Makes one for a slot. */
  Disk make(String name, DiskConfig wanted, PciSlot slot) throws AttachException {
    int depth = config.type().integer("virtio.queue-size");
    BlockAttachment attachment =
        BlockAttachment.open(
            wanted.driver(),
            BlockOffer.of(BlockCapabilities.ALL, config.processors(), depth),
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    DeviceLife life = new DeviceLife(loop, clock);
    try {
      Type0Function function =
          switch (wanted.model()) {
            case VIRTIO -> virtio(name, attachment, slot, life);
            case NVME -> nvme(name, attachment, slot, life);
          };
      return new Disk(name, wanted, attachment, function, slot.master(), life);
    } catch (RuntimeException e) {
      life.close();
      attachment.close();
      throw e;
    }
  }

  private DiskQueues queues(DeviceLife life) {
    return clock.mode() == ClockMode.VIRTUAL
        ? new PacedQueues(loop, life, config.type().number("clock.request-nanos"))
        : new PromptQueues(life);
  }

  private Type0Function virtio(String name, BlockAttachment attachment, PciSlot slot, DeviceLife life) {
    MachineType type = config.type();
    DiskQueues queues = queues(life);
    BlkDevice model = new BlkDevice(attachment, type.integer("virtio.queue-size"), queues);
    queues.serve(model, slot.master());
    int subsystem = type.integer("virtio.subsystem");
    PciIdentity identity =
        new PciIdentity(
            type.integer("virtio.vendor"),
            VirtioPciFunction.FIRST_DEVICE_ID + model.type(),
            CLASS_OTHER_STORAGE,
            type.integer("virtio.revision"),
            subsystem & 0xffff,
            subsystem >>> 16);
    return new VirtioPciFunction(name, identity, model, memory, slot, life, queues::resetting)
        .function();
  }

  private Type0Function nvme(String name, BlockAttachment attachment, PciSlot slot, DeviceLife life) {
    MachineType type = config.type();
    DiskQueues queues = queues(life);
    int subsystem = type.integer("nvme.subsystem");
    PciIdentity identity =
        new PciIdentity(
            type.integer("nvme.vendor"),
            type.integer("nvme.device"),
            NvmeFunction.CLASS_CODE,
            type.integer("nvme.revision"),
            subsystem & 0xffff,
            subsystem >>> 16);
    NvmeFunction disk =
        new NvmeFunction(
            name, identity, attachment, slot, memory, queues, life, life, queues::resetting);
    queues.serve(disk.queues(), slot.master());
    return disk.function();
  }
}
