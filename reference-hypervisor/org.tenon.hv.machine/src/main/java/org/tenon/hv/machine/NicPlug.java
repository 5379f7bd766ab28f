package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.virtio.net.NetDevice;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;

/** Makes network cards for slots: opens the driver and puts virtio-net in front of it. */
final class NicPlug {
  private static final int CLASS_ETHERNET = 0x020000;

  private final MachineConfig config;
  private final VirtioPlug virtio;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;

  NicPlug(
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

  /** Makes one for a slot. */
  Nic make(String name, NicConfig wanted, PciSlot slot) throws AttachException {
    NicAttachment attachment =
        NicAttachment.open(
            wanted.driver(),
            NicOffer.of(NicCapabilities.ALL, wanted.queuePairs(), virtio.queueSize()),
            wanted.settings(),
            new AttachContext(
                name,
                memory,
                SystemClock.instance(),
                wanted.deadlines(),
                new ControlThread(name),
                wanted.listener()));
    Nic nic = new Nic(name, attachment, new DeviceLife(loop, clock));
    nic.heed(slot.master());
    try {
      nic.connect(front(name, wanted.address(), nic, attachment, slot));
      return nic;
    } catch (RuntimeException e) {
      nic.close();
      throw e;
    }
  }

  private Type0Function front(
      String name, @Nullable MacAddress address, Nic nic, NicAttachment attachment, PciSlot slot) {
    DeviceLife life = nic.life();
    ServedQueues<? super NetDevice> queues =
        clock.mode().countsInstructions()
            ? new PacedFrames(loop, life, config.type().number("clock.request-nanos"))
            : new PromptQueues(life);
    NetDevice model =
        new NetDevice(
            attachment,
            address == null ? attachment.properties().address() : address,
            virtio.queueSize(),
            queues);
    for (int pair = 0; pair < model.pairs(); pair++) {
      var receive = attachment.receivePort(pair);
      var transmit = attachment.transmitPort(pair);
      QueueThread posting = nic.submitter("post-" + pair, receive, () -> wakePaced(queues));
      QueueThread sending = nic.submitter("transmit-" + pair, transmit, () -> wakePaced(queues));
      receive.submitBy(posting::wake);
      transmit.submitBy(
          queues instanceof PacedFrames frames ? frames.held(pair, sending::wake) : sending::wake);
    }
    queues.serve(model, slot.master());
    return virtio.function(name, CLASS_ETHERNET, model, slot, life, queues::resetting).function();
  }

  private static void wakePaced(ServedQueues<?> queues) {
    if (queues instanceof PacedFrames frames) {
      frames.wake();
    }
  }
}
