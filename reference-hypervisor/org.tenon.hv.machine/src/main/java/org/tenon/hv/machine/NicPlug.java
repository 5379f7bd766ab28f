package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.virtio.net.NetDevice;
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

  /**
   * Makes one for a slot.
   *
   * @param place which slot, as {@link NicState} counts
   * @param saved what it must be in a machine that is restored, else null
   * @throws StateException where it is not
   */
  Nic make(String name, NicConfig wanted, PciSlot slot, int place, @Nullable NicState saved)
      throws AttachException, StateException {
    NicAttachment attachment = attach(name, wanted, place, saved);
    Nic nic = new Nic(name, wanted, place, attachment, slot.master(), new DeviceLife(loop, clock));
    try {
      nic.connect(front(name, nic, attachment, slot));
      return nic;
    } catch (RuntimeException e) {
      nic.close();
      throw e;
    }
  }

  private NicAttachment attach(String name, NicConfig wanted, int place, @Nullable NicState saved)
      throws AttachException, StateException {
    NicAttachment attachment =
        NicAttachment.prepare(
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
    if (saved == null) {
      attachment.start();
      return attachment;
    }
    try {
      saved.check(
          NicState.of(
              wanted.driver().id().value(),
              place,
              attachment,
              wanted.address(attachment.properties()),
              saved.driverState()));
    } catch (StateException e) {
      attachment.close();
      throw e;
    }
    attachment.start(saved.driverState());
    return attachment;
  }

  private Nic.Front front(String name, Nic nic, NicAttachment attachment, PciSlot slot) {
    DeviceLife life = nic.life();
    ServedQueues<? super NetDevice> queues =
        clock.mode().countsInstructions()
            ? new PacedFrames(loop, life, config.type().number("clock.request-nanos"))
            : new PromptQueues(life, NicQueuesState.class, NicQueuesState::atOnce);
    NetDevice model = new NetDevice(attachment, nic.address(), virtio.queueSize(), queues);
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
    return new Nic.Front(
        virtio.function(name, CLASS_ETHERNET, model, slot, life, queues::resetting), model, queues);
  }

  private static void wakePaced(ServedQueues<?> queues) {
    if (queues instanceof PacedFrames frames) {
      frames.wake();
    }
  }
}
