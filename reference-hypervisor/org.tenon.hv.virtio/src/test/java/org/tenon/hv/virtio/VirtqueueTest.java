package org.tenon.hv.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;

/** Conforming drivers against the device's side of both ring formats. */
class VirtqueueTest {
  private static final long DATA = 1 << 20;

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(4 << 20));

  @AfterEach
  void release() {
    memory.close();
  }

  static Stream<Arguments> rings() {
    List<Arguments> all = new ArrayList<>();
    for (boolean packed : new boolean[] {false, true}) {
      for (boolean event : new boolean[] {false, true}) {
        for (int size : packed ? new int[] {1, 3, 8, 21, 64} : new int[] {1, 2, 8, 64}) {
          all.add(Arguments.of(packed, event, size));
        }
      }
    }
    return all.stream();
  }

  private record InFlight(int id, int slots, long written) {}

  /** Buffers of random shape, used in random order, arrive on both sides as they were sent. */
  @ParameterizedTest
  @MethodSource("rings")
  void buffersGoRoundUnchanged(boolean packed, boolean event, int size) {
    GuestRing guest = ring(packed, event, size);
    Virtqueue device = open(guest, packed, event);
    DescriptorChain chain = new DescriptorChain(size);
    Random random = new Random(size * 4L + (packed ? 2 : 0) + (event ? 1 : 0));
    Deque<Map.Entry<Integer, List<GuestRing.Element>>> sent = new ArrayDeque<>();
    List<InFlight> inFlight = new ArrayList<>();
    Map<Integer, Long> expected = new HashMap<>();
    int returned = 0;
    for (int step = 0; step < 30_000; step++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          List<GuestRing.Element> elements = elements(random, size);
          int direct = direct(random, packed, elements.size());
          int needed = direct < elements.size() ? direct + 1 : direct;
          if (guest.free() >= needed) {
            sent.add(Map.entry(guest.add(elements, direct), elements));
          }
        }
        case 1 -> {
          boolean popped = device.pop(chain);
          assertThat(device.error()).isNull();
          assertThat(popped).isEqualTo(!sent.isEmpty());
          if (popped) {
            var next = sent.remove();
            assertThat(chain.id()).isEqualTo(next.getKey());
            assertSame(chain, next.getValue());
            long written = chain.writableBytes() == 0 ? 0 : random.nextLong(chain.writableBytes());
            inFlight.add(new InFlight(chain.id(), chain.slots(), written));
          }
        }
        default -> {
          if (!inFlight.isEmpty()) {
            InFlight done = inFlight.remove(random.nextInt(inFlight.size()));
            device.push(done.id(), done.slots(), done.written());
            expected.put(done.id(), done.written());
          }
        }
      }
      if (random.nextInt(4) == 0) {
        for (var used = guest.takeUsed(); used != null; used = guest.takeUsed()) {
          assertThat(used.written()).isEqualTo(expected.remove(used.id()));
          returned++;
        }
        assertThat(expected).isEmpty();
      }
    }
    assertThat(returned).isGreaterThan(1000);
  }

  /** The device asks for and skips notifications exactly as the driver's rules read them. */
  @ParameterizedTest
  @MethodSource("rings")
  void noNotificationIsLostAndSuppressionHolds(boolean packed, boolean event, int size) {
    GuestRing guest = ring(packed, event, size);
    Virtqueue device = open(guest, packed, event);
    DescriptorChain chain = new DescriptorChain(size);
    Random random = new Random(size);
    boolean asked = !device.allowNotifications();
    int suppressed = 0;
    int notified = 0;
    for (int step = 0; step < 5_000; step++) {
      int adding = Math.min(1 + random.nextInt(3), guest.free());
      for (int i = 0; i < adding; i++) {
        guest.add(List.of(new GuestRing.Element(DATA, 8, false)), 1);
      }
      boolean must = guest.mustNotify();
      if (asked && adding > 0) {
        assertThat(must).as("step %d: an asked-for notification", step).isTrue();
        asked = false;
        notified++;
      } else if (must) {
        notified++;
      } else {
        suppressed++;
      }
      if (random.nextBoolean()) {
        device.suppressNotifications();
        asked = false;
      }
      while (random.nextInt(8) != 0 && device.pop(chain)) {
        device.push(chain.id(), chain.slots(), 0);
      }
      guest.drain();
      if (random.nextInt(3) == 0) {
        asked = !device.allowNotifications();
      }
    }
    assertThat(notified).isPositive();
    assertThat(suppressed).isPositive();
  }

  /** The device interrupts when the used index passes what the driver asked for, and only then. */
  @ParameterizedTest
  @MethodSource("rings")
  void interruptsAreThoseTheDriverAskedFor(boolean packed, boolean event, int size) {
    GuestRing guest = ring(packed, event, size);
    Virtqueue device = open(guest, packed, event);
    DescriptorChain chain = new DescriptorChain(size);
    Random random = new Random(size + 1);
    for (int round = 0; round < 2_000; round++) {
      assertThat(device.interruptDue()).as("nothing was pushed").isFalse();
      boolean wanted = random.nextInt(4) != 0;
      int ahead = random.nextInt(size);
      if (wanted) {
        guest.wantInterruptAfter(ahead);
      } else {
        guest.wantNoInterrupt();
      }
      int count = 1 + random.nextInt(size);
      for (int i = 0; i < count; i++) {
        guest.add(List.of(new GuestRing.Element(DATA, 8, true)), 1);
        assertThat(device.pop(chain)).isTrue();
        device.push(chain.id(), chain.slots(), 8);
      }
      boolean due = wanted && (!event || ahead < count);
      assertThat(device.interruptDue()).as("round %d", round).isEqualTo(due);
      guest.drain();
    }
  }

  /** A queue saved at any moment and opened again goes on where it was. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void savedQueueResumes(boolean packed) {
    GuestRing guest = ring(packed, true, 16);
    Virtqueue device = open(guest, packed, true);
    DescriptorChain chain = new DescriptorChain(16);
    Random random = new Random(3);
    List<InFlight> inFlight = new ArrayList<>();
    int used = 0;
    for (int step = 0; step < 5_000; step++) {
      if (guest.free() > 2 && random.nextBoolean()) {
        List<GuestRing.Element> elements = elements(random, 2);
        guest.add(elements, elements.size());
      }
      if (device.pop(chain)) {
        inFlight.add(new InFlight(chain.id(), chain.slots(), 0));
      }
      if (!inFlight.isEmpty() && random.nextBoolean()) {
        InFlight done = inFlight.remove(random.nextInt(inFlight.size()));
        device.push(done.id(), done.slots(), 0);
      }
      if (random.nextInt(5) == 0) {
        QueueState saved = device.state();
        device = Objects.requireNonNull(Virtqueue.open(saved, memory, features(packed, true)));
        assertThat(device.state()).isEqualTo(saved);
      }
      while (guest.takeUsed() != null) {
        used++;
      }
      assertThat(device.error()).isNull();
    }
    assertThat(used).isGreaterThan(1000);
  }

  private static List<GuestRing.Element> elements(Random random, int most) {
    int count = 1 + random.nextInt(Math.min(most, 9));
    int readable = random.nextInt(count + 1);
    List<GuestRing.Element> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(
          new GuestRing.Element(
              DATA + random.nextInt(1 << 20), 1 + random.nextInt(5000), i >= readable));
    }
    return elements;
  }

  private static int direct(Random random, boolean packed, int count) {
    return switch (random.nextInt(3)) {
      case 0 -> 0;
      case 1 -> packed ? count : random.nextInt(count + 1);
      default -> count;
    };
  }

  private static void assertSame(DescriptorChain chain, List<GuestRing.Element> elements) {
    List<GuestRing.Element> seen = new ArrayList<>();
    long readable = 0;
    long writable = 0;
    for (int i = 0; i < chain.count(); i++) {
      boolean write = i >= chain.readableCount();
      int length = (int) chain.length(i);
      seen.add(new GuestRing.Element(chain.region(i).base() + chain.offset(i), length, write));
      readable += write ? 0 : length;
      writable += write ? length : 0;
    }
    assertThat(seen).isEqualTo(elements);
    assertThat(chain.readableBytes()).isEqualTo(readable);
    assertThat(chain.writableBytes()).isEqualTo(writable);
  }

  private GuestRing ring(boolean packed, boolean event, int size) {
    return GuestRing.of(packed, memory.region(0).segment(), size, event, 0x1000);
  }

  private Virtqueue open(GuestRing guest, boolean packed, boolean event) {
    return Objects.requireNonNull(
        Virtqueue.open(guest.state(packed), memory, features(packed, event)));
  }

  private static long features(boolean packed, boolean event) {
    return Feature.VERSION_1
        | Feature.INDIRECT_DESC
        | (packed ? Feature.RING_PACKED : 0)
        | (event ? Feature.EVENT_IDX : 0);
  }
}
