package org.tenon.hv.machine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.balloon.BalloonDevice;
import org.tenon.hv.virtio.console.ConsoleDevice;
import org.tenon.hv.virtio.console.FileEnd;
import org.tenon.hv.virtio.console.PortEnd;
import org.tenon.hv.virtio.console.SocketEnd;
import org.tenon.hv.virtio.pci.VirtioPciFunction;
import org.tenon.hv.virtio.rng.Entropy;
import org.tenon.hv.virtio.rng.HostEntropy;
import org.tenon.hv.virtio.rng.RngDevice;
import org.tenon.hv.virtio.rng.SeededEntropy;
import org.tenon.hv.virtio.stream.HostIo;
import org.tenon.hv.virtio.vsock.SocketHost;
import org.tenon.hv.virtio.vsock.VsockDevice;

/** Plugs the virtio devices into a board that work on the run loop, without a partner's driver. */
final class LoopDevicePlug implements AutoCloseable {
  private static final int CLASS_OTHER = 0x00ff00;
  private static final int CLASS_OTHER_COMMUNICATION = 0x078000;

  private final Board board;
  private final VirtioPlug virtio;
  private final GuestMemory memory;
  private final RunLoop loop;
  private @Nullable HostIo hostIo;
  private @Nullable Balloon balloon;

  LoopDevicePlug(Board board, VirtioPlug virtio, GuestMemory memory, RunLoop loop) {
    this.board = board;
    this.virtio = virtio;
    this.memory = memory;
    this.loop = loop;
  }

  /**
   * Plugs one into the next slot.
   *
   * @param saved what it must be in a machine that is restored, else null
   * @throws IOException where a socket or file of the host's cannot be had; nothing is plugged then
   * @throws StateException where it is not what it must be
   */
  PluggedDevice plug(String name, VirtioConfig wanted, @Nullable LoopDeviceState saved)
      throws IOException, StateException {
    PciSlot slot = board.nextSlot();
    LoopDeviceState identity = new LoopDeviceState(board.nextDevice(), wanted.identity());
    if (saved != null) {
      saved.check(identity);
    }
    Handoffs mastered = action -> mastered(action, slot.master());
    VirtioPciFunction function =
        switch (wanted) {
          case BalloonConfig wish -> function(name, CLASS_OTHER, balloon(wish, mastered), slot);
          case ConsoleConfig console ->
              function(name, CLASS_OTHER_COMMUNICATION, console(console, mastered), slot);
          case RngConfig rng -> function(name, CLASS_OTHER, rng(rng, mastered), slot);
          case VsockConfig vsock ->
              function(name, CLASS_OTHER_COMMUNICATION, vsock(vsock, mastered), slot);
        };
    board.plug(function.function());
    return new PluggedLoopDevice(identity, function);
  }

  /**
   * News that are acted on while the guest lets the device master the bus, and again once it does.
   */
  private Handoff mastered(Runnable action, BusMaster master) {
    Handoff handoff =
        loop.handoff(() -> {
          if (master.isEnabled()) {
            action.run();
          }
        });
    master.onEnabled(handoff::raise);
    return handoff;
  }

  private VirtioPciFunction function(String name, int classCode, LoopDevice model, PciSlot slot) {
    return virtio.function(name, classCode, model, slot, loop, over -> {});
  }

  private BalloonDevice balloon(BalloonConfig wanted, Handoffs mastered) {
    if (balloon != null) {
      throw new IllegalArgumentException("a machine has one balloon at most");
    }
    BalloonDevice model =
        new BalloonDevice(memory, wanted.deflateOnOom(), virtio.queueSize(), mastered);
    model.setTarget(wanted.bytes());
    balloon = new Balloon(model);
    return model;
  }

  /** The balloon, if one is plugged in. */
  Optional<Balloon> balloon() {
    return Optional.ofNullable(balloon);
  }

  private HostIo hostIo() {
    HostIo io = hostIo;
    if (io == null) {
      io = new HostIo("host-io");
      hostIo = io;
    }
    return io;
  }

  private ConsoleDevice console(ConsoleConfig wanted, Handoffs mastered) throws IOException {
    SequencedMap<String, PortEnd> ends = new LinkedHashMap<>();
    for (PortConfig port : wanted.ports()) {
      ends.put(
          port.name(),
          switch (port.kind()) {
            case SOCKET -> new SocketEnd(hostIo(), port.path());
            case FILE -> new FileEnd(hostIo(), port.path());
          });
    }
    return new ConsoleDevice(null, ends, virtio.queueSize(), mastered);
  }

  private RngDevice rng(RngConfig wanted, Handoffs mastered) {
    Entropy entropy =
        wanted.seed().isPresent()
            ? new SeededEntropy(wanted.seed().getAsLong())
            : new HostEntropy();
    return new RngDevice(entropy, virtio.queueSize(), mastered);
  }

  private VsockDevice vsock(VsockConfig wanted, Handoffs mastered) throws IOException {
    SocketHost host = new SocketHost(hostIo(), wanted.path());
    return new VsockDevice(wanted.cid(), host, virtio.queueSize(), mastered);
  }

  /** Ends what the devices have to do with the host. */
  @Override
  public void close() {
    if (hostIo != null) {
      hostIo.close();
    }
  }
}
