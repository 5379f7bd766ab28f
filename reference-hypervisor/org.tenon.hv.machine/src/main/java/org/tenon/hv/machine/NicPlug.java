package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.virtio.net.NetDevice;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;

/** Plugs network cards into a board: opens the driver and puts virtio-net in front of it. */
final class NicPlug {
  private static final int CLASS_ETHERNET = 0x020000;

  private final MachineConfig config;
  private final Board board;
  private final VirtioPlug virtio;
  private final GuestMemory memory;
  private final RunLoop loop;
  private final MachineClock clock;

  NicPlug(
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
  Nic plug(String name, NicConfig wanted) throws AttachException {
    PciSlot slot = board.nextSlot();
    NicAttachment attachment =
        NicAttachment.open(
            wanted.driver(),
            NicOffer.of(NicCapabilities.ALL, wanted.queuePairs(), virtio.queueSize()),
            wanted.settings(),
            AttachContext.of(name, memory, AttachListener.NONE));
    Nic nic = new Nic(name, attachment);
    try {
      plug(name, wanted.address(), nic, attachment, slot);
      return nic;
    } catch (RuntimeException e) {
      nic.close();
      throw e;
    }
  }

  private void plug(
      String name, @Nullable MacAddress address, Nic nic, NicAttachment attachment, PciSlot slot) {
    boolean paced = clock.mode() == ClockMode.VIRTUAL;
    ServedQueues<? super NetDevice> queues =
        paced
            ? new PacedFrames(loop, clock, config.type().number("clock.request-nanos"))
            : new PromptQueues(loop);
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
    board.plug(
        virtio.function(name, CLASS_ETHERNET, model, slot, loop, queues::resetting).function());
  }

  private static void wakePaced(ServedQueues<?> queues) {
    if (queues instanceof PacedFrames frames) {
      frames.wake();
    }
  }
}
