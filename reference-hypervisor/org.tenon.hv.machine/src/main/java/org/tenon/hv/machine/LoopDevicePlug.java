package org.tenon.hv.machine;

import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.rng.Entropy;
import org.tenon.hv.virtio.rng.HostEntropy;
import org.tenon.hv.virtio.rng.RngDevice;
import org.tenon.hv.virtio.rng.SeededEntropy;

/** Plugs the virtio devices into a board that work on the run loop, without a partner's driver. */
final class LoopDevicePlug {
  private static final int CLASS_OTHER = 0x00ff00;

  private final Board board;
  private final VirtioPlug virtio;
  private final Handoffs handoffs;

  LoopDevicePlug(Board board, VirtioPlug virtio, Handoffs handoffs) {
    this.board = board;
    this.virtio = virtio;
    this.handoffs = handoffs;
  }

  /** Plugs one into the next slot. */
  void plug(String name, VirtioConfig wanted) {
    PciSlot slot = board.nextSlot();
    Handoffs mastered = action -> mastered(action, slot.master());
    switch (wanted) {
      case RngConfig rng -> plug(name, CLASS_OTHER, rng(rng, mastered), slot);
    }
  }

  /** News that are acted on while the guest lets the device master the bus, and again once it does. */
  private Handoff mastered(Runnable action, BusMaster master) {
    Handoff handoff =
        handoffs.handoff(() -> {
          if (master.isEnabled()) {
            action.run();
          }
        });
    master.onEnabled(handoff::raise);
    return handoff;
  }

  private void plug(String name, int classCode, LoopDevice model, PciSlot slot) {
    board.plug(virtio.function(name, classCode, model, slot, over -> {}));
  }

  private RngDevice rng(RngConfig wanted, Handoffs mastered) {
    Entropy entropy =
        wanted.seed().isPresent()
            ? new SeededEntropy(wanted.seed().getAsLong())
            : new HostEntropy();
    return new RngDevice(entropy, virtio.queueSize(), mastered);
  }
}
