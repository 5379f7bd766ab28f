package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.QueueState;
import org.tenon.hv.virtio.RingError;
import org.tenon.hv.virtio.Virtqueue;

/**
 * A hostile driver: writes descriptors, tables and indices as the fuzzer's bytes say while the
 * device's side pops and pushes. What {@link Virtqueue#pop} answers is compared with {@link
 * ReferenceWalk}, which reads the specification anew.
 */
final class RingProgram {
  private static final int RAM_BYTES = 16384;
  private static final long TABLE = 0x1000;
  private static final long DRIVER_AREA = 0x2000;
  private static final long DEVICE_AREA = 0x3000;

  /** One arena for all runs: a run costs no mapping. */
  private static final MemorySegment RAM = Arena.global().allocate(RAM_BYTES, 4096);

  private static final MemoryRegion REGION = MemoryRegion.over(0, RAM);
  private static final GuestMemory MEMORY = GuestMemory.over(List.of(REGION));

  private record Held(int id, int slots) {}

  private final Program program;
  private final boolean packed;
  private final int size;
  private final long features;
  private final Virtqueue queue;
  private final DescriptorChain chain;
  private final Deque<Held> held = new ArrayDeque<>();
  private int popped;

  private RingProgram(byte[] input) {
    RAM.fill((byte) 0);
    program = new Program(input);
    packed = program.flag();
    size = packed ? 1 + program.u8() % 17 : 1 << (program.u8() % 5);
    features =
        (program.flag() ? Feature.INDIRECT_DESC : 0)
            | (program.flag() ? Feature.EVENT_IDX : 0)
            | (packed ? Feature.RING_PACKED : 0)
            | Feature.VERSION_1;
    QueueState state = QueueState.initial(packed, size, TABLE, DRIVER_AREA, DEVICE_AREA);
    queue = Objects.requireNonNull(Virtqueue.open(state, MEMORY, features));
    chain = new DescriptorChain(8);
  }

  /** What a run came to see. */
  record Seen(int popped, @Nullable RingError error) {}

  static synchronized Seen run(byte[] input) {
    return new RingProgram(input).run();
  }

  private Seen run() {
    while (program.hasMore()) {
      switch (program.u8() % 9) {
        case 0, 1 -> writeDescriptor(TABLE + 16L * program.mostlyBelow(size) % 0x1000);
        case 2 -> writeDescriptor(program.u8() * 16L);
        case 3 -> expose();
        case 4, 5 -> pop();
        case 6 -> push();
        case 7 -> {
          queue.suppressNotifications();
          if (program.flag()) {
            var _ = queue.allowNotifications();
          }
        }
        default -> RAM.set(JAVA_BYTE, program.u16() % RAM_BYTES, (byte) program.u8());
      }
      var _ = queue.interruptDue();
    }
    for (int i = 0; i <= size; i++) {
      pop();
    }
    assertThat(queue.error() != null || held.size() <= size).isTrue();
    assertThat(queue.state().size()).isEqualTo(size);
    return new Seen(popped, queue.error());
  }

  private void writeDescriptor(long at) {
    int flags = program.u8() < 230 ? program.u8() & 7 : program.u16();
    if ((flags & 4) != 0 && program.u8() < 200) {
      // A table that is one, among the descriptors that are written outside the ring.
      RAM.set(JAVA_LONG_UNALIGNED, at, program.u8() * 16L);
      RAM.set(JAVA_INT_UNALIGNED, at + 8, 16 * (1 + program.u8() % 4));
    } else {
      RAM.set(JAVA_LONG_UNALIGNED, at, program.mostlyBelow(RAM_BYTES));
      RAM.set(JAVA_INT_UNALIGNED, at + 8, (int) program.mostlyBelow(300));
    }
    if (packed) {
      RAM.set(JAVA_SHORT_UNALIGNED, at + 12, (short) program.u8());
      int marks = program.u8() % 4;
      RAM.set(
          JAVA_SHORT_UNALIGNED,
          at + 14,
          (short) (flags | (marks < 2 ? 1 << 7 : marks == 2 ? 1 << 15 : 0)));
    } else {
      RAM.set(JAVA_SHORT_UNALIGNED, at + 12, (short) flags);
      RAM.set(JAVA_SHORT_UNALIGNED, at + 14, (short) program.mostlyBelow(size));
    }
  }

  /** Moves a split ring's available index on, mostly by little. */
  private void expose() {
    if (!packed) {
      int index = RAM.get(JAVA_SHORT_UNALIGNED, DRIVER_AREA + 2) & 0xffff;
      int head = (int) program.mostlyBelow(size);
      RAM.set(JAVA_SHORT_UNALIGNED, DRIVER_AREA + 4 + 2L * (index % size), (short) head);
      int by = program.u8() < 250 ? 1 : program.u16();
      RAM.set(JAVA_SHORT_UNALIGNED, DRIVER_AREA + 2, (short) (index + by));
    }
  }

  private void pop() {
    boolean broken = queue.error() != null;
    ReferenceWalk expected = ReferenceWalk.of(RAM, queue.state(), features, chain.capacity());
    boolean found = queue.pop(chain);
    if (broken) {
      assertThat(found).isFalse();
      return;
    }
    assertThat(queue.error() != null).as("error %s", queue.error()).isEqualTo(expected.broken());
    assertThat(found).isEqualTo(expected.elements() != null);
    if (found) {
      popped++;
      assertThat(elements()).isEqualTo(expected.elements());
      assertThat(chain.id()).isEqualTo(expected.id());
      held.add(new Held(chain.id(), chain.slots()));
    }
  }

  private @Nullable List<GuestRing.Element> elements() {
    List<GuestRing.Element> all = new ArrayList<>();
    for (int i = 0; i < chain.count(); i++) {
      assertThat(chain.region(i).contains(chain.offset(i), chain.length(i))).isTrue();
      all.add(
          new GuestRing.Element(
              chain.offset(i), (int) chain.length(i), i >= chain.readableCount()));
    }
    return all;
  }

  private void push() {
    if (!held.isEmpty()) {
      Held next = program.flag() ? held.removeFirst() : held.removeLast();
      queue.push(next.id(), next.slots(), program.u32());
    }
  }
}
