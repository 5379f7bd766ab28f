package org.tenon.hv.machine;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.virtio.DeviceModel;
import org.tenon.hv.virtio.pci.VirtioPciFunction;

/** Makes PCI functions of virtio device models, with the identity that the machine type gives. */
final class VirtioPlug {
  private final MachineType type;
  private final GuestMemory memory;

  VirtioPlug(MachineType type, GuestMemory memory) {
    this.type = type;
    this.memory = memory;
  }

  /** The largest size of each queue. */
  int queueSize() {
    return type.integer("virtio.queue-size");
  }

  /**
   * A function for a slot.
   *
   * @param classCode base class, subclass and programming interface
   * @param handoffs how interrupts reach the run loop
   * @param onReset told of each reset that the guest asks for, as a stage that completes when it is
   *     over
   */
  VirtioPciFunction function(
      String name,
      int classCode,
      DeviceModel model,
      PciSlot slot,
      Handoffs handoffs,
      Consumer<CompletionStage<?>> onReset) {
    int subsystem = type.integer("virtio.subsystem");
    PciIdentity identity =
        new PciIdentity(
            type.integer("virtio.vendor"),
            VirtioPciFunction.FIRST_DEVICE_ID + model.type(),
            classCode,
            type.integer("virtio.revision"),
            subsystem & 0xffff,
            subsystem >>> 16);
    return new VirtioPciFunction(name, identity, model, memory, slot, handoffs, onReset);
  }
}
