package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.nvme.NvmeFunction;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.virtio.blk.BlkDevice;
import org.tenon.hv.virtio.pci.VirtioPciFunction;
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

  DiskPlug(
      MachineConfig config, Board board, GuestMemory memory, RunLoop loop, MachineClock clock) {
    this.config = config;
    this.board = board;
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /**
   * Plugs one into the next slot.
   *
   * @param saved what it must be in a machine that is restored, else null
   * @throws StateException where it is not
   */
  Disk plug(String name, DiskConfig wanted, @Nullable DiskState saved)
      throws AttachException, StateException {
    PciSlot slot = board.nextSlot();
    BlockAttachment attachment = attach(name, wanted, saved);
    ServedQueues<? super PortWork> queues = queues();
    Disk disk = new Disk(name, wanted, board.nextDevice(), attachment, queues);
    try {
      Disk.Front front =
          switch (wanted.model()) {
            case VIRTIO -> virtio(name, attachment, queues, slot);
            case NVME -> nvme(name, attachment, queues, slot);
          };
      disk.connect(front);
      board.plug(front.function());
      return disk;
    } catch (RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  private BlockAttachment attach(String name, DiskConfig wanted, @Nullable DiskState saved)
      throws AttachException, StateException {
    int depth = config.type().integer("virtio.queue-size");
    BlockAttachment attachment =
        BlockAttachment.prepare(
            wanted.driver(),
            BlockOffer.of(BlockCapabilities.ALL, config.processors(), depth),
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    if (saved == null) {
      attachment.start();
      return attachment;
    }
    try {
      saved.check(DiskState.of(wanted, board.nextDevice(), attachment, saved.driverState()));
    } catch (StateException e) {
      attachment.close();
      throw e;
    }
    attachment.start(saved.driverState());
    return attachment;
  }

  private ServedQueues<? super PortWork> queues() {
    return clock.mode() == ClockMode.VIRTUAL
        ? new PacedQueues(loop, clock, config.type().number("clock.request-nanos"))
        : new PromptQueues(loop);
  }

  private Disk.Front virtio(
      String name, BlockAttachment attachment, ServedQueues<? super PortWork> queues, PciSlot slot) {
    MachineType type = config.type();
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
    VirtioPciFunction disk =
        new VirtioPciFunction(name, identity, model, memory, slot, loop, queues::resetting);
    return new Disk.Front(disk.function(), disk, disk.device()::whenReset);
  }

  private Disk.Front nvme(
      String name, BlockAttachment attachment, ServedQueues<? super PortWork> queues, PciSlot slot) {
    MachineType type = config.type();
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
    return new Disk.Front(disk.function(), disk, disk::whenReset);
  }
}
