package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.LoopRig;

/**
 * A hostile guest before a device that works on the run loop: registers in any order, messages of
 * any content in rings that are partly sound. Whatever it does, nothing is thrown and the work
 * ends.
 */
abstract class LoopProgram<D extends LoopDevice> implements AutoCloseable {
  private static final int QUEUE_SIZE = 8;
  private static final int SLOT = 0x1000;

  final Program program;
  final LoopRig<D> rig;
  private final long features;
  private final boolean[] broken;
  private long used;

  /**
   * A program over a fresh device.
   *
   * @param features what the device has to offer
   */
  LoopProgram(byte[] input, long features, BiFunction<GuestMemory, Handoffs, D> make) {
    program = new Program(input);
    this.features = features;
    rig = new LoopRig<>(make);
    broken = new boolean[rig.device.queueCount()];
  }

  /** A message that makes some sense for a queue. */
  abstract byte[] message(int queue);

  /** Whether buffers of a queue are for the device to write. */
  abstract boolean isReceiving(int queue);

  /** Something happens on the host. */
  abstract void outside();

  /** Answers how many buffers came back. */
  final long run() {
    if (program.u8() < 240) {
      bringUp();
    }
    while (program.hasMore()) {
      switch (program.u8() % 40) {
        case 0 -> rig.device.status(program.u8());
        case 1 -> rig.device.driverFeatures(program.u64());
        case 2 -> rig.device.queueSize(queue(), program.u16());
        case 3 -> rig.device.queueAreas(queue(), program.u64(), program.u64(), program.u64());
        case 4 -> rig.device.enableQueue(program.u8() - 100);
        case 5 -> rig.device.notifyQueue(program.u8() - 100);
        case 6 -> rig.device.writeConfig(program.u8() - 10, program.u8());
        case 7 -> rig.ram.set(JAVA_BYTE, program.u32() % 0x80000, (byte) program.u8());
        case 8 -> {
          rig.device.status(0);
          bringUp();
        }
        case 9, 10, 11, 12, 13, 14, 15, 16 -> outside();
        default -> offer();
      }
      assertThat(rig.device.readConfig(program.u8() - 10)).isBetween(0, 255);
      rig.settle();
      drain();
    }
    return used;
  }

  private int queue() {
    return program.u8() % rig.device.queueCount();
  }

  private void bringUp() {
    if (rig.device.status() != 0) {
      return;
    }
    int choice = program.u8();
    long common =
        ((choice & 1) != 0 ? Feature.RING_PACKED : 0)
            | ((choice & 2) != 0 ? Feature.EVENT_IDX : 0)
            | Feature.INDIRECT_DESC;
    rig.initialize(common | ((choice & 12) != 0 ? features : 0), QUEUE_SIZE);
    Arrays.fill(broken, false);
  }

  private void offer() {
    boolean running = (rig.device.status() & DeviceStatus.DRIVER_OK) != 0;
    int queue = queue();
    if (!running || rig.rings.isEmpty() || broken[queue]) {
      return;
    }
    List<GuestRing.Element> elements = new ArrayList<>();
    long at = LoopRig.DATA + (long) (program.u8() & 63) * SLOT;
    if (isReceiving(queue) != (program.u8() < 6)) {
      cut(elements, at, (int) program.mostlyBelow(SLOT), true);
    } else {
      byte[] content = message(queue);
      for (int i = 0; i < content.length; i++) {
        rig.ram.set(JAVA_BYTE, at + i, content[i]);
      }
      cut(elements, at, content.length, false);
    }
    int direct = program.flag() ? 0 : elements.size();
    GuestRing ring = rig.rings.get(queue);
    if (!elements.isEmpty() && ring.free() >= Math.max(1, direct)) {
      var _ = ring.add(elements, direct);
      rig.device.notifyQueue(queue);
    }
  }

  /** Frames a stretch in one or two descriptors, now and then with one thing wrong. */
  private void cut(List<GuestRing.Element> into, long at, int length, boolean writable) {
    int how = program.u8();
    if (how < 4) {
      into.add(new GuestRing.Element(program.u64(), length, writable));
    } else if (how < 8) {
      into.add(new GuestRing.Element(at, (int) program.u32(), writable));
    } else if (how < 100 && length > 1) {
      int first = 1 + program.u8() % (length - 1);
      into.add(new GuestRing.Element(at, first, writable));
      into.add(new GuestRing.Element(at + first, length - first, writable));
    } else {
      into.add(new GuestRing.Element(at, length, writable));
    }
  }

  private void drain() {
    for (int i = 0; i < rig.rings.size(); i++) {
      try {
        used += broken[i] ? 0 : rig.rings.get(i).drain();
      } catch (AssertionError e) {
        // The program has overwritten the used ring: its driver can go on no more.
        broken[i] = true;
      }
    }
  }

  @Override
  public void close() {
    rig.close();
  }
}
