package org.tenon.hv.virtio.pci;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.Msix;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.virtio.DeviceModel;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.VirtioDevice;

/** A virtio device as a PCI function. */
public final class VirtioPciFunction implements Saved {
  /** The first PCI device id of modern devices; the virtio device type is added to it (4.1.2.1). */
  public static final int FIRST_DEVICE_ID = 0x1040;

  private static final int REGION_BAR = 0;
  private static final long REGION_BAR_BYTES = 4L * Region.PAGE;
  private static final int MSIX_BAR = 2;

  /** ISR status bits (4.1.4.5). */
  private static final int ISR_QUEUE = 1;

  private static final int ISR_CONFIG = 2;

  private final VirtioDevice device;
  private final Vectors vectors;
  private final Msix msix;
  private final Type0Function function;
  private final CommonConfig common;

  /** What is to be signalled: a cell for each queue, and one more for the configuration. */
  private final AtomicIntegerArray due;

  private final Handoff delivery;
  private int isr;

  /**
   * A device after reset, with its function.
   *
   * @param name for messages
   * @param identity with the device id that belongs to the model's type
   * @param memory what the device's queues lie in
   * @param slot the function's place
   * @param handoffs how interrupts reach the run loop
   * @param onReset told of each reset the driver asks for, as a stage that completes when it is
   *     over
   */
  public VirtioPciFunction(
      String name,
      PciIdentity identity,
      DeviceModel model,
      GuestMemory memory,
      PciSlot slot,
      Handoffs handoffs,
      Consumer<CompletionStage<?>> onReset) {
    int queues = model.queueCount();
    due = new AtomicIntegerArray(queues + 1);
    delivery = handoffs.handoff(this::deliver);
    device = new VirtioDevice(model, memory, new Requests());
    msix = new Msix(queues + 1, MSIX_BAR, slot.master());
    vectors = new Vectors(queues + 1, queues);
    common = new CommonConfig(device, vectors, () -> reset(onReset));
    RegisterBlock regions = new Regions(common, new DeviceRegion(device), new NotifyRegion(device));
    function =
        new Type0Function(
            name,
            identity,
            List.of(
                new Bar(
                    REGION_BAR, Bar.Kind.MEMORY64, REGION_BAR_BYTES, RegisterWidth.ANY, regions),
                msix.bar()),
            List.of(
                msix,
                new VirtioCapability(Region.COMMON, REGION_BAR, Region.COMMON.length()),
                new VirtioCapability(Region.ISR, REGION_BAR, Region.ISR.length()),
                new VirtioCapability(Region.DEVICE, REGION_BAR, Region.DEVICE.length()),
                new VirtioCapability(Region.NOTIFY, REGION_BAR, Region.NOTIFY.length()),
                new ConfigAccess(REGION_BAR, REGION_BAR_BYTES, regions)),
            slot);
    function.onReset(depth -> common.reset());
  }

  /** The function, to be plugged into a bus. */
  public Type0Function function() {
    return function;
  }

  /** The device. */
  public VirtioDevice device() {
    return device;
  }

  /** The function, the transport's registers, the device. */
  @Override
  public void save(StateWriter out) throws StateException {
    function.save(out);
    out.put(common.state(isr, IntStream.range(0, due.length()).map(due::get).boxed().toList()));
    device.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    function.restore(in);
    VirtioPciState state = in.take(VirtioPciState.class);
    if (state.due().size() != due.length()) {
      throw new StateException(
          "the saved virtio device has %d queues, this one %d"
              .formatted(state.due().size() - 1, due.length() - 1));
    }
    common.restore(state);
    isr = state.isr();
    device.restore(in);
    for (int i = 0; i < due.length(); i++) {
      if (state.due().get(i) != 0) {
        due.set(i, 1);
        delivery.raise();
      }
    }
  }

  private void reset(Consumer<CompletionStage<?>> onReset) {
    for (int i = 0; i < due.length(); i++) {
      due.set(i, 0);
    }
    acknowledge();
    onReset.accept(device.whenReset());
  }

  /** Reads and clears the ISR status, which lowers the wire. */
  private int acknowledge() {
    int before = isr;
    isr = 0;
    function.setInterrupt(false);
    return before;
  }

  /** Sends what is due: by message where the driver enabled messages, else by the wire. */
  private void deliver() {
    int config = due.length() - 1;
    for (int i = 0; i < due.length(); i++) {
      if (due.get(i) != 0 && due.getAndSet(i, 0) != 0) {
        if (msix.isEnabled()) {
          msix.signal(i == config ? vectors.config() : vectors.queue(i));
        } else {
          isr |= i == config ? ISR_CONFIG : ISR_QUEUE;
          function.setInterrupt(true);
        }
      }
    }
  }

  /** Notes what is due; any thread. */
  private final class Requests implements Interrupts {
    @Override
    public void queue(int index) {
      due.set(index, 1);
      delivery.raise();
    }

    @Override
    public void config() {
      due.set(due.length() - 1, 1);
      delivery.raise();
    }
  }

  /** The BAR with the four regions; an access that leaves its page reaches nothing. */
  private final class Regions implements RegisterBlock {
    private final CommonConfig common;
    private final DeviceRegion config;
    private final NotifyRegion notify;

    Regions(CommonConfig common, DeviceRegion config, NotifyRegion notify) {
      this.common = common;
      this.config = config;
      this.notify = notify;
    }

    @Override
    public long read(int offset, int size) {
      int within = offset % Region.PAGE;
      return switch (Region.at(offset)) {
        case COMMON -> common.read(within, size);
        case ISR -> within == 0 ? acknowledge() : 0;
        case DEVICE -> config.read(within, size);
        case NOTIFY -> notify.read(within, size);
      };
    }

    @Override
    public void write(int offset, int size, long value) {
      int within = offset % Region.PAGE;
      switch (Region.at(offset)) {
        case COMMON -> common.write(within, size, value);
        case ISR -> {}
        case DEVICE -> config.write(within, size, value);
        case NOTIFY -> notify.write(within, size, value);
      }
    }
  }
}
