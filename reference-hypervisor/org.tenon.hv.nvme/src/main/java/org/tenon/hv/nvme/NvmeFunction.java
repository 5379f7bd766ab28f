package org.tenon.hv.nvme;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.Msi;
import org.tenon.hv.pci.Msix;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;

/** An NVMe controller as a PCI function: registers in BAR 0, MSI-X in BAR 2, and plain MSI. */
public final class NvmeFunction implements Saved {
  /** Mass storage, non-volatile memory, NVM Express. */
  public static final int CLASS_CODE = 0x010802;

  private static final int REGISTERS_BAR = 0;
  private static final int MSIX_BAR = 2;

  private final NvmeController controller;
  private final NvmeRegisters registers;
  private final Type0Function function;
  private final Msix msix;
  private final Msi msi;

  /**
   * A controller after reset, with its function.
   *
   * @param name for messages
   * @param attachment a driver that runs
   * @param slot the function's place
   * @param memory what queues and data lie in
   * @param schedule told of an I/O queue that has something to do
   * @param clock for interrupt coalescing
   * @param handoffs how a driver's news reach the run loop
   * @param onReset told of each reset the guest asks for, as a stage that completes when it is over
   * @throws IllegalArgumentException when the driver takes too little at a time for NVMe
   */
  public NvmeFunction(
      String name,
      PciIdentity identity,
      BlockAttachment attachment,
      PciSlot slot,
      GuestMemory memory,
      QueueSchedule schedule,
      Clock clock,
      Handoffs handoffs,
      Consumer<CompletionStage<?>> onReset) {
    int vectors = attachment.agreement().queues() + 1;
    msix = new Msix(vectors, MSIX_BAR, slot.master());
    msi = new Msi(Integer.highestOneBit(Math.min(vectors, Msi.MAX_VECTORS)), slot.master());
    Output output = new Output();
    controller =
        new NvmeController(
            attachment,
            identity,
            new NvmeController.Surroundings(
                memory, slot.master(), schedule, clock, handoffs, onReset, output));
    registers = new NvmeRegisters(controller);
    Bar bar =
        new Bar(
            REGISTERS_BAR, Bar.Kind.MEMORY64, NvmeRegisters.BYTES, RegisterWidth.DWORD, registers);
    function =
        new Type0Function(name, identity, List.of(bar, msix.bar()), List.of(msix, msi), slot);
    function.onReset(depth -> registers.reset());
  }

  /** The function, to be plugged into a bus. */
  public Type0Function function() {
    return function;
  }

  /** The I/O queues, for whoever keeps the schedule. */
  public PortWork queues() {
    return controller;
  }

  /** Completes when the last reset that was asked for is over, but for what the run loop does. */
  public CompletionStage<?> whenReset() {
    return controller.whenReset();
  }

  /** The function, its registers, the controller and its parts. */
  @Override
  public void save(StateWriter out) throws StateException {
    function.save(out);
    registers.save(out);
    controller.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    function.restore(in);
    registers.restore(in);
    controller.restore(in);
  }

  /** What the controller has done. Run-loop thread. */
  public NvmeMetrics metrics() {
    return controller.counters().snapshot();
  }

  private final class Output implements InterruptVectors.Output {
    @Override
    public boolean usesMessages() {
      return msix.isEnabled() || msi.isEnabled();
    }

    @Override
    public void message(int vector) {
      if (msix.isEnabled()) {
        msix.signal(vector);
      } else {
        msi.signal(vector);
      }
    }

    @Override
    public void wire(boolean asserted) {
      function.setInterrupt(asserted);
    }
  }
}
