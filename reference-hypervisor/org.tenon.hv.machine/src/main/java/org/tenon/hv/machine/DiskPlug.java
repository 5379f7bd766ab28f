package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.SystemClock;
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

/** Makes disks for slots: opens the driver and puts a device model in front of it. */
final class DiskPlug {
  private static final int CLASS_OTHER_STORAGE = 0x018000;

  private final MachineConfig config;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;
  private final VirtioPlug virtio;

  DiskPlug(
      MachineConfig config,
      VirtioPlug virtio,
      GuestMemory memory,
      RunLoop loop,
      MachineClock clock) {
    this.config = config;
    this.virtio = virtio;
    this.memory = memory;
    this.loop = loop;
    this.clock = clock;
  }

  /**
   * Makes one for a slot.
   *
   * @param place which slot, as {@link DiskState} counts
   * @param saved what it must be in a machine that is restored, else null
   * @throws StateException where it is not
   */
  Disk make(String name, DiskConfig wanted, PciSlot slot, int place, @Nullable DiskState saved)
      throws AttachException, StateException {
    BlockAttachment attachment = attach(name, wanted, place, saved);
    DeviceLife life = new DeviceLife(loop, clock);
    ServedQueues<? super PortWork> queues = queues(life);
    Disk disk = new Disk(name, wanted, place, attachment, queues, slot.master(), life);
    try {
      disk.connect(
          switch (wanted.model()) {
            case VIRTIO -> virtio(name, attachment, queues, slot, life);
            case NVME -> nvme(name, attachment, queues, slot, life);
          });
      return disk;
    } catch (RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  private BlockAttachment attach(
      String name, DiskConfig wanted, int place, @Nullable DiskState saved)
      throws AttachException, StateException {
    BlockAttachment attachment =
        BlockAttachment.prepare(
            wanted.driver(),
            BlockOffer.of(BlockCapabilities.ALL, config.processors(), virtio.queueSize()),
            wanted.settings(),
            new AttachContext(
                name,
                memory,
                SystemClock.instance(),
                wanted.deadlines(),
                new ControlThread(name),
                wanted.listener()));
    if (saved == null) {
      attachment.start();
      return attachment;
    }
    try {
      saved.check(DiskState.of(wanted, place, attachment, saved.driverState()));
    } catch (StateException e) {
      attachment.close();
      throw e;
    }
    attachment.start(saved.driverState());
    return attachment;
  }

  private ServedQueues<? super PortWork> queues(DeviceLife life) {
    return clock.mode().countsInstructions()
        ? new PacedQueues(loop, life, config.type().number("clock.request-nanos"))
        : new PromptQueues(life, DiskQueuesState.class, DiskQueuesState::atOnce);
  }

  private Disk.Front virtio(
      String name,
      BlockAttachment attachment,
      ServedQueues<? super PortWork> queues,
      PciSlot slot,
      DeviceLife life) {
    BlkDevice model = new BlkDevice(attachment, virtio.queueSize(), queues);
    queues.serve(model, slot.master());
    VirtioPciFunction disk =
        virtio.function(name, CLASS_OTHER_STORAGE, model, slot, life, queues::resetting);
    return new Disk.Front(disk.function(), disk, disk.device()::whenReset);
  }

  private Disk.Front nvme(
      String name,
      BlockAttachment attachment,
      ServedQueues<? super PortWork> queues,
      PciSlot slot,
      DeviceLife life) {
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
            name, identity, attachment, slot, memory, queues, life, life, queues::resetting);
    queues.serve(disk.queues(), slot.master());
    return new Disk.Front(disk.function(), disk, disk::whenReset);
  }
}
