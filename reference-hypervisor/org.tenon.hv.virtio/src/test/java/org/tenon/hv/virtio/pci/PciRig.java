package org.tenon.hv.virtio.pci;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BarDecoder;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.virtio.blk.BlkDevice;
import org.tenon.hv.virtio.blk.RamDisk;
import org.tenon.spi.block.BlockGeometry;

/** A virtio-blk function with a disk behind it and the wires of a board around it. */
final class PciRig implements AutoCloseable {
  static final long REGIONS = 0x8000000000L;
  static final long VECTORS = 0xc0000000L;

  final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(8 << 20));
  final MemorySegment ram = memory.region(0).segment();
  final RamDisk disk = new RamDisk(BlockGeometry.of(1024, 512).build());
  final AddressSpace mmio = new AddressSpace("mmio", 1L << 52);
  final List<String> messages = new ArrayList<>();
  final Type0Function function;
  boolean wire;
  int resets;
  private final BlkDevice model;
  private final Set<Integer> work = new HashSet<>();
  private final Deque<Runnable> raised = new ArrayDeque<>();

  PciRig() {
    AddressSpace ports = new AddressSpace("ports", 0x10000);
    BarDecoder decoder =
        new BarDecoder(
            ports,
            mmio,
            List.of(
                new BridgeWindow(Bar.Kind.MEMORY32, VECTORS, 0xdfffffffL),
                new BridgeWindow(Bar.Kind.MEMORY64, REGIONS, REGIONS + (1L << 30))));
    BusMaster master =
        new BusMaster((address, data) -> messages.add("%x:%x".formatted(address, data)));
    model = new BlkDevice(disk.attach(memory), 16, QueueSchedule.of(work::add));
    VirtioPciFunction made =
        new VirtioPciFunction(
            "disk0",
            new PciIdentity(0x1af4, 0x1042, 0x018000, 1, 0x1af4, 0x1100),
            model,
            memory,
            new PciSlot(decoder, master, asserted -> wire = asserted),
            action -> () -> raised.add(action),
            over -> resets++);
    function = made.function();
    new BarAllocator(decoder).allocate(function);
  }

  int config(int offset, int size) {
    int mask = size == 4 ? -1 : (1 << (8 * size)) - 1;
    return function.readConfig(offset & ~3) >>> (8 * (offset & 3)) & mask;
  }

  void config(int offset, int size, int value) {
    int shift = 8 * (offset & 3);
    int mask = (size == 4 ? -1 : (1 << (8 * size)) - 1) << shift;
    function.writeConfig(offset & ~3, value << shift & mask, mask);
  }

  long common(int offset, int size) {
    return mmio.read(REGIONS + Region.COMMON.offset() + offset, size);
  }

  void common(int offset, int size, long value) {
    mmio.write(REGIONS + Region.COMMON.offset() + offset, size, value);
  }

  /** Serves the queue and delivers interrupts, as the run loop does. */
  void settle() {
    while (!work.isEmpty() || !raised.isEmpty()) {
      for (int queue : List.copyOf(work)) {
        work.remove(queue);
        int passes = 0;
        while (model.poll(queue)) {
          if (++passes > 1000) {
            throw new AssertionError("a pass that takes nothing must end");
          }
        }
      }
      for (Runnable action = raised.poll(); action != null; action = raised.poll()) {
        action.run();
      }
    }
  }

  @Override
  public void close() {
    disk.detach();
    memory.close();
  }
}
