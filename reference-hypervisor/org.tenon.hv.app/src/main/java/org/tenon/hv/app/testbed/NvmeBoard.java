package org.tenon.hv.app.testbed;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.EventQueue;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.nvme.NvmeFunction;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BarDecoder;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.kit.bench.NvmeDoor;

/**
 * A bus with one NVMe controller. The guest's threads are its run loop in turn: the controller, as
 * in a machine, is one thread's at a time.
 */
final class NvmeBoard implements NvmeDoor {
  private static final long VECTORS = 0xc000_0000L;
  private static final long REGISTERS = 1L << 40;
  private static final BridgeWindow MEMORY32 =
      new BridgeWindow(Bar.Kind.MEMORY32, VECTORS, 0xdfff_ffffL);
  private static final BridgeWindow MEMORY64 =
      new BridgeWindow(Bar.Kind.MEMORY64, REGISTERS, (1L << 41) - 1);
  private static final PciIdentity IDENTITY =
      new PciIdentity(0x1b36, 0x0010, NvmeFunction.CLASS_CODE, 2, 0x1af4, 0x1100);
  private static final int COMMAND = 4;
  private static final int MEMORY_AND_MASTER = 6;
  private static final int MSIX = 0x40;
  private static final int MSIX_ENABLE = 0x8000_0000;
  private static final int MSIX_CONTROL = 0xffff_0000;

  private final BlockAttachment attachment;
  private final GuestMemory memory;
  private final ControlThread control;
  private final CallerQueues queues;
  private final AddressSpace mmio = new AddressSpace("memory", 1L << 48);
  private final EventQueue clock = new EventQueue(System::nanoTime);
  private final Queue<Runnable> raised = new ArrayDeque<>();
  private long messages;
  private boolean closed;

  NvmeBoard(BlockAttachment attachment, GuestMemory memory, ControlThread control) {
    this.attachment = attachment;
    this.memory = memory;
    this.control = control;
    int count = attachment.agreement().queues();
    queues = new CallerQueues(count);
    BarDecoder decoder =
        new BarDecoder(new AddressSpace("ports", 1 << 16), mmio, List.of(MEMORY32, MEMORY64));
    PciSlot slot =
        new PciSlot(decoder, new BusMaster((address, data) -> messages++), asserted -> {});
    NvmeFunction made =
        new NvmeFunction(
            "bench-disk",
            IDENTITY,
            attachment,
            slot,
            memory,
            queues,
            clock,
            action -> () -> raise(action),
            over -> {});
    queues.connect(made.queues());
    new BarAllocator(decoder).allocate(made.function());
    setUp(made.function(), count + 1);
  }

  /** What firmware and a kernel do before a driver's turn. */
  private void setUp(Type0Function function, int vectors) {
    function.writeConfig(COMMAND, MEMORY_AND_MASTER, 0xffff);
    for (int vector = 0; vector < vectors; vector++) {
      mmio.write(VECTORS + 16L * vector, 4, 0xfee0_0000L);
      mmio.write(VECTORS + 16L * vector + 8, 4, vector);
      mmio.write(VECTORS + 16L * vector + 12, 4, 0);
    }
    function.writeConfig(MSIX, MSIX_ENABLE, MSIX_CONTROL);
  }

  /** Any thread. */
  private void raise(Runnable action) {
    synchronized (raised) {
      raised.add(action);
    }
  }

  private void boundary() {
    for (Runnable action = next(); action != null; action = next()) {
      action.run();
    }
    clock.ring();
  }

  private @Nullable Runnable next() {
    synchronized (raised) {
      return raised.poll();
    }
  }

  @Override
  public MemorySegment memory() {
    return memory.region(0).segment();
  }

  @Override
  public long memoryBase() {
    return memory.region(0).base();
  }

  @Override
  public synchronized int read(int offset) {
    boundary();
    return (int) mmio.read(REGISTERS + offset, 4);
  }

  @Override
  public synchronized void write(int offset, int value) {
    mmio.write(REGISTERS + offset, 4, Integer.toUnsignedLong(value));
    for (int queue = 0; queue < attachment.agreement().queues(); queue++) {
      queues.serve(queue);
    }
    boundary();
  }

  @Override
  public void idle(int queue, long nanos) {
    queues.await(queue, nanos);
    synchronized (this) {
      queues.serve(queue);
      boundary();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      attachment.close().toCompletableFuture().join();
      control.close();
      memory.close();
    }
  }
}
