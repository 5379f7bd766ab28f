package org.tenon.hv.nvme;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.PortWork;
import org.tenon.hv.attach.QueueSchedule;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.EventQueue;
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

/**
 * A guest with an NVMe driver as simple as the specification allows, the board around the
 * controller, and a clock that the test moves.
 */
final class NvmeGuest implements AutoCloseable {
  static final long REGISTERS = 0x8000000000L;
  private static final long VECTORS = 0xc0000000L;
  private static final int ENTRIES = 16;
  private static final long QUEUES = 0x10000;

  /** A completion. */
  record Completion(int queue, int id, int status, int result) {}

  private static final class Ring {
    int tail;
    int head;
    int phase = 1;
  }

  final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(16 << 20));
  final MemorySegment ram = memory.region(0).segment();
  final AddressSpace mmio = new AddressSpace("mmio", 1L << 52);
  final List<Integer> messages = new ArrayList<>();
  final Type0Function function;
  final RamDisk disk;
  boolean wire;
  long now;
  final EventQueue clock = new EventQueue(() -> now);
  private final PortWork work;
  private final Set<Integer> offered = new HashSet<>();
  private final Deque<Runnable> raised = new ArrayDeque<>();
  private final Map<Integer, Ring> rings = new HashMap<>();
  private int nextId = 1;

  NvmeGuest(RamDisk disk) {
    this.disk = disk;
    BarDecoder decoder =
        new BarDecoder(
            new AddressSpace("ports", 0x10000),
            mmio,
            List.of(
                new BridgeWindow(Bar.Kind.MEMORY32, VECTORS, 0xdfffffffL),
                new BridgeWindow(Bar.Kind.MEMORY64, REGISTERS, REGISTERS + (1L << 30))));
    NvmeFunction made =
        new NvmeFunction(
            "disk0",
            new PciIdentity(0x1b36, 0x10, NvmeFunction.CLASS_CODE, 2, 0x1af4, 0x1100),
            disk.attach(memory),
            new PciSlot(
                decoder,
                new BusMaster((address, data) -> messages.add(data)),
                asserted -> wire = asserted),
            memory,
            QueueSchedule.of(offered::add),
            clock,
            action -> () -> raised.add(action),
            over -> {});
    function = made.function();
    work = made.queues();
    new BarAllocator(decoder).allocate(function);
    function.writeConfig(4, 6, 0xffff);
  }

  long register(int offset) {
    return mmio.read(REGISTERS + offset, 4);
  }

  void register(int offset, long value) {
    mmio.write(REGISTERS + offset, 4, value);
  }

  /** Message data of vector n is n; the function's capability list has MSI-X alone. */
  void enableMessages() {
    for (int vector = 0; vector <= work.queueCount(); vector++) {
      mmio.write(VECTORS + 16L * vector, 4, 0xfee00000L);
      mmio.write(VECTORS + 16L * vector + 8, 4, vector);
      mmio.write(VECTORS + 16L * vector + 12, 4, 0);
    }
    function.writeConfig(0x40, 0x80000000, 0xffff0000);
  }

  /** Serves queues, handoffs and alarms, as the run loop does. */
  void settle() {
    while (!offered.isEmpty() || !raised.isEmpty()) {
      for (int queue : List.copyOf(offered)) {
        offered.remove(queue);
        int passes = 0;
        do {
          assertThat(++passes).as("a queue with nothing to do waits").isLessThan(1_000);
          while (work.poll(queue)) {
            assertThat(++passes).as("passes end").isLessThan(1_000);
          }
        } while (!work.arm(queue));
      }
      for (Runnable action = raised.poll(); action != null; action = raised.poll()) {
        action.run();
      }
    }
    clock.ring();
  }

  static long submissions(int queue) {
    return QUEUES + queue * 0x2000L;
  }

  static long completions(int queue) {
    return QUEUES + queue * 0x2000L + 0x1000;
  }

  /** 7.6.1: from reset to an enabled controller with an admin queue. */
  void enable() {
    register(0x14, 0);
    settle();
    assertThat(register(0x1c) & 1).isZero();
    ram.asSlice(QUEUES, 0x10000).fill((byte) 0);
    rings.clear();
    rings.put(0, new Ring());
    register(0x24, (ENTRIES - 1) << 16 | ENTRIES - 1);
    register(0x28, submissions(0));
    register(0x2c, 0);
    register(0x30, completions(0));
    register(0x34, 0);
    register(0x14, 4 << 20 | 6 << 16 | 1);
    settle();
    assertThat(register(0x1c) & 3).as("ready").isEqualTo(1);
  }

  /** Creates the pair of I/O queues with an id. */
  void createQueue(int id, int vector) {
    ram.asSlice(submissions(id), 0x2000).fill((byte) 0);
    rings.put(id, new Ring());
    int sizes = (ENTRIES - 1) << 16 | id;
    assertThat(admin(0x05, 0, completions(id), sizes, vector << 16 | 3).status()).isZero();
    assertThat(admin(0x01, 0, submissions(id), sizes, id << 16 | 1).status()).isZero();
  }

  /** Puts a command into a queue, without the doorbell; answers its id. */
  int put(int queue, int opcode, int namespace, long pointer1, long pointer2, int... words) {
    Ring ring = ring(queue);
    long at = submissions(queue) + 64L * ring.tail;
    int id = nextId++ & 0xffff;
    ram.asSlice(at, 64).fill((byte) 0);
    Le.setInt(ram, at, opcode | id << 16);
    Le.setInt(ram, at + 4, namespace);
    Le.setLong(ram, at + 24, pointer1);
    Le.setLong(ram, at + 32, pointer2);
    for (int i = 0; i < words.length; i++) {
      Le.setInt(ram, at + 40 + 4L * i, words[i]);
    }
    ring.tail = (ring.tail + 1) % ENTRIES;
    return id;
  }

  private Ring ring(int queue) {
    Ring ring = rings.get(queue);
    if (ring == null) {
      throw new AssertionError("no queue " + queue);
    }
    return ring;
  }

  void ringTail(int queue) {
    register(0x1000 + 8 * queue, ring(queue).tail);
    settle();
  }

  boolean hasQueue(int queue) {
    return rings.containsKey(queue);
  }

  /** Takes a completion whatever it says, for a driver whose memory may be overwritten. */
  boolean takeAny(int queue) {
    Ring ring = ring(queue);
    long at = completions(queue) + 16L * ring.head;
    if ((Le.getInt(ram, at + 12) >>> 16 & 1) != ring.phase) {
      return false;
    }
    ring.head++;
    if (ring.head == ENTRIES) {
      ring.head = 0;
      ring.phase ^= 1;
    }
    return true;
  }

  /** Takes the next completion of a queue, or null. */
  @Nullable Completion take(int queue) {
    long at = completions(queue) + 16L * ring(queue).head;
    if (!takeAny(queue)) {
      return null;
    }
    int last = Le.getInt(ram, at + 12);
    assertThat(Le.getInt(ram, at + 8) >>> 16).as("submission queue").isEqualTo(queue);
    return new Completion(queue, last & 0xffff, last >>> 17 & 0x7fff, Le.getInt(ram, at));
  }

  void ringHead(int queue) {
    register(0x1004 + 8 * queue, ring(queue).head);
    settle();
  }

  Completion call(
      int queue, int opcode, int namespace, long pointer1, long pointer2, int... words) {
    int id = put(queue, opcode, namespace, pointer1, pointer2, words);
    ringTail(queue);
    Completion done = take(queue);
    ringHead(queue);
    assertThat(done).isNotNull().extracting(Completion::id).isEqualTo(id);
    return Objects.requireNonNull(done);
  }

  Completion admin(int opcode, int namespace, long pointer, int... words) {
    return call(0, opcode, namespace, pointer, 0, words);
  }

  byte[] bytes(long address, int length) {
    return ram.asSlice(address, length).toArray(JAVA_BYTE);
  }

  @Override
  public void close() {
    disk.detach();
    memory.close();
  }
}
