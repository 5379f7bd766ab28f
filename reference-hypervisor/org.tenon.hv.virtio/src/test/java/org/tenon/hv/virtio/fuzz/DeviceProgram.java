package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.hv.virtio.blk.BlkDevice;
import org.tenon.hv.virtio.blk.RamDisk;
import org.tenon.spi.block.BlockGeometry;

/**
 * A hostile guest before a whole block device: registers in any order, requests of any shape in
 * rings that are partly sound. Whatever it does, nothing is thrown, every pass ends, and the disk
 * is asked for nothing that it would have to fault the host for: a request outside it would throw
 * in {@link RamDisk} and show as a fault.
 */
final class DeviceProgram implements Interrupts {
  private static final int BLOCKS = 64;
  private static final int[] TYPES = {0, 1, 4, 8, 11, 13};
  private static final long DATA = 0x20000;

  private static final GuestMemory MEMORY = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private static final MemorySegment RAM = MEMORY.region(0).segment();

  private final Program program;
  private final RamDisk disk = new RamDisk(BlockGeometry.of(BLOCKS, 512).build());
  private final Set<Integer> work = new HashSet<>();
  private final BlkDevice model;
  private final VirtioDevice device;
  private @Nullable GuestRing ring;

  private DeviceProgram(byte[] input) {
    program = new Program(input);
    RAM.asSlice(0, 2 * DATA).fill((byte) 0);
    model = new BlkDevice(disk.attach(MEMORY), 16, QueueSchedule.of(work::add));
    device = new VirtioDevice(model, MEMORY, this);
  }

  static synchronized long run(byte[] input) {
    DeviceProgram run = new DeviceProgram(input);
    try {
      return run.run();
    } finally {
      run.disk.detach();
    }
  }

  /** Answers how many requests were carried out. */
  private long run() {
    if (program.u8() < 230) {
      bringUp();
    }
    while (program.hasMore()) {
      switch (program.u8() % 40) {
        case 0 -> device.status(program.u8());
        case 1 -> device.driverFeatures(program.u64());
        case 2 -> device.queueSize(program.u8() % 3, program.u16());
        case 3 -> device.queueAreas(program.u8() % 3, program.u64(), program.u64(), program.u64());
        case 4 -> device.enableQueue(program.u8() - 100);
        case 5 -> device.notifyQueue(program.u8() - 100);
        case 6 -> device.writeConfig(program.u8() - 10, program.u8());
        case 8 -> device.resetQueue(program.u8() - 100);
        case 9 -> resetAndSetUpAgain();
        case 7 -> RAM.set(JAVA_BYTE, program.u16(), (byte) program.u8());
        default -> request();
      }
      assertThat(device.readConfig(program.u8() - 10)).isBetween(0, 255);
      serve();
    }
    assertThat(disk.faults()).isEmpty();
    return disk.log.size();
  }

  /** The one queue there is, as 2.6.1 has it; what was in its ring is forgotten. */
  private void resetAndSetUpAgain() {
    if (device.resetQueue(0)) {
      serve();
      assertThat(device.isQueueResetting(0)).as("nothing is left in flight").isFalse();
      boolean packed = Feature.has(device.driverFeatures(), Feature.RING_PACKED);
      RAM.asSlice(0x1000, 0x4000).fill((byte) 0);
      setUpQueue(packed);
    }
  }

  private void bringUp() {
    boolean packed = program.flag();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    long left = program.flag() ? 0 : program.u64();
    device.driverFeatures(
        (device.deviceFeatures() & ~left & ~Feature.RING_PACKED)
            | (packed ? Feature.RING_PACKED : 0)
            | Feature.VERSION_1);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    setUpQueue(packed);
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  private void setUpQueue(boolean packed) {
    GuestRing made = GuestRing.of(packed, RAM, 8, true, 0x1000);
    device.queueSize(0, 8);
    device.queueAreas(0, made.table(), made.driverArea(), made.deviceArea());
    device.enableQueue(0);
    ring = made;
  }

  /** A request that is sound but for what the program changes. */
  private void request() {
    GuestRing to = ring;
    if (to == null) {
      return;
    }
    long at = DATA + (program.u8() & 15) * 0x1000L;
    RAM.set(JAVA_INT_UNALIGNED, at, program.u8() < 230 ? TYPES[program.u8() % 6] : program.u16());
    RAM.set(JAVA_LONG_UNALIGNED, at + 8, aim());
    RAM.set(JAVA_LONG_UNALIGNED, at + 16, aim());
    RAM.set(JAVA_INT_UNALIGNED, at + 24, program.u8() < 250 ? program.u8() % 8 : -1);
    RAM.set(JAVA_INT_UNALIGNED, at + 28, program.u8() < 230 ? program.u8() & 1 : program.u16());
    List<GuestRing.Element> elements = new ArrayList<>();
    int type = RAM.get(JAVA_INT_UNALIGNED, at);
    spoil(elements, at, 16, false);
    switch (type) {
      case 0, 1 -> spoil(elements, at + 512, 512 * (1 + program.u8() % 2), type == 0);
      case 8 -> spoil(elements, at + 512, 20, true);
      case 11, 13 -> spoil(elements, at + 16, 16, false);
      default -> {}
    }
    spoil(elements, at + 2048, 1, true);
    if (elements.isEmpty()) {
      return;
    }
    int direct = program.flag() ? 0 : elements.size();
    if (to.free() >= Math.max(1, direct)) {
      var _ = to.add(elements, direct);
      device.notifyQueue(0);
    }
  }

  /** Adds an element of a sound request, now and then with one thing wrong. */
  private void spoil(List<GuestRing.Element> elements, long at, int length, boolean writable) {
    switch (program.u8()) {
      case 0, 1, 2, 3 -> {}
      case 4, 5, 6, 7 ->
          elements.add(new GuestRing.Element(program.mostlyBelow(1 << 20), length, writable));
      case 8, 9, 10, 11 ->
          elements.add(new GuestRing.Element(at, (int) program.mostlyBelow(2048), writable));
      case 12, 13 -> elements.add(new GuestRing.Element(at, length, !writable));
      default -> elements.add(new GuestRing.Element(at, length, writable));
    }
  }

  /** A sector, mostly of the disk. */
  private long aim() {
    return program.mostlyBelow(BLOCKS);
  }

  private void serve() {
    for (int queue : List.copyOf(work)) {
      work.remove(queue);
      int passes = 0;
      while (model.poll(queue)) {
        assertThat(++passes).as("a pass that takes nothing must end").isLessThan(100);
      }
    }
    if (ring != null) {
      try {
        var _ = ring.drain();
      } catch (AssertionError e) {
        // The program has overwritten the used ring: its driver can go on no more.
        ring = null;
      }
    }
  }

  @Override
  public void queue(int index) {
    assertThat(index).isZero();
  }

  @Override
  public void config() {}
}
