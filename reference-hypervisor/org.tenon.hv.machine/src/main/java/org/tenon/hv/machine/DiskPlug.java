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
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;

/** Plugs disks into a board: opens the driver and puts a device model in front of it. */
final class DiskPlug {
  private static final int CLASS_OTHER_STORAGE = 0x018000;

  private final MachineConfig config;
  private final Board board;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;
  private final VirtioPlug virtio;

  DiskPlug(
      MachineConfig config,
      Board board,
      VirtioPlug virtio,
      GuestMemory memory,
      RunLoop loop,
      MachineClock clock) {
    this.config = config;
    this.board = board;
    this.virtio = virtio;
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /** Plugs one into the next slot. */
  Disk plug(String name, DiskConfig wanted) throws AttachException {
    PciSlot slot = board.nextSlot();
    BlockAttachment attachment =
        BlockAttachment.open(
            wanted.driver(),
            BlockOffer.of(BlockCapabilities.ALL, config.processors(), virtio.queueSize()),
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    Disk disk = new Disk(name, attachment);
    try {
      board.plug(
          switch (wanted.model()) {
            case VIRTIO -> virtio(name, attachment, slot);
            case NVME -> nvme(name, attachment, slot);
          });
      return disk;
    } catch (RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  private DiskQueues queues() {
    return clock.mode() == ClockMode.VIRTUAL
        ? new PacedQueues(loop, clock, config.type().number("clock.request-nanos"))
        : new PromptQueues(loop);
  }

  private Type0Function virtio(String name, BlockAttachment attachment, PciSlot slot) {
    DiskQueues queues = queues();
    BlkDevice model = new BlkDevice(attachment, virtio.queueSize(), queues);
    queues.serve(model, slot.master());
    return virtio.function(name, CLASS_OTHER_STORAGE, model, slot, queues::resetting);
  }

  private Type0Function nvme(String name, BlockAttachment attachment, PciSlot slot) {
    MachineType type = config.type();
    DiskQueues queues = queues();
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
            name, identity, attachment, slot, memory, queues, clock, loop, queues::resetting);
    queues.serve(disk.queues(), slot.master());
    return disk.function();
  }
}
