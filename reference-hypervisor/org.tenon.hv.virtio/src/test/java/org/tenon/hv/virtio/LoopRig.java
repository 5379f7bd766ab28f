package org.tenon.hv.virtio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;

/**
 * A device that works on the run-loop thread, with RAM and a driver that knows rings but not the
 * kind of device. {@link #settle} is the run loop between two instructions.
 */
public final class LoopRig<D extends LoopDevice> implements Handoffs, Interrupts, AutoCloseable {
  /** What the driver may use for its buffers, from here to the end of RAM. */
  public static final long DATA = 4 << 20;

  private static final long RING_BYTES = 0x10000;

  public final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(16 << 20));
  public final MemorySegment ram = memory.region(0).segment();
  public final D model;
  public final VirtioDevice device;
  public final List<GuestRing> rings = new ArrayList<>();

  /** Queues that interrupted, in order; -1 for the configuration. */
  public final Deque<Integer> interrupts = new ArrayDeque<>();

  private final List<Runnable> actions = new ArrayList<>();
  private final List<AtomicBoolean> flags = new ArrayList<>();

  public LoopRig(Function<Handoffs, D> make) {
    this((memory, handoffs) -> make.apply(handoffs));
  }

  public LoopRig(BiFunction<GuestMemory, Handoffs, D> make) {
    model = make.apply(memory, this);
    device = new VirtioDevice(model, memory, this);
  }

  @Override
  public Handoff handoff(Runnable action) {
    AtomicBoolean flag = new AtomicBoolean();
    actions.add(action);
    flags.add(flag);
    return () -> flag.set(true);
  }

  /** Does what is due, until nothing is. */
  public void settle() {
    int rounds = 0;
    for (boolean again = true; again; ) {
      again = false;
      for (int i = 0; i < flags.size(); i++) {
        if (flags.get(i).getAndSet(false)) {
          actions.get(i).run();
          again = true;
        }
      }
      if (++rounds > 10_000) {
        throw new AssertionError("work must end");
      }
    }
  }

  /** The initialization sequence of 3.1.1. */
  public void initialize(long features, int queueSize) {
    boolean packed = (features & Feature.RING_PACKED) != 0;
    device.status(0);
    assertThat(device.status()).isZero();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.driverFeatures(features | Feature.VERSION_1);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    assertThat(device.status() & DeviceStatus.FEATURES_OK).isNotZero();
    rings.clear();
    for (int queue = 0; queue < device.queueCount(); queue++) {
      long base = 0x10000 + queue * RING_BYTES;
      ram.asSlice(base, RING_BYTES).fill((byte) 0);
      boolean eventIndex = (features & Feature.EVENT_IDX) != 0;
      GuestRing ring = GuestRing.of(packed, ram, queueSize, eventIndex, base);
      device.queueSize(queue, queueSize);
      device.queueAreas(queue, ring.table(), ring.driverArea(), ring.deviceArea());
      device.enableQueue(queue);
      ring.wantInterruptAfter(0);
      rings.add(ring);
    }
    device.status(device.status() | DeviceStatus.DRIVER_OK);
    settle();
  }

  /** Makes a buffer available, one direct element for each, and notifies if the device wants it. */
  public int offer(int queue, GuestRing.Element... elements) {
    int id = rings.get(queue).add(List.of(elements), elements.length);
    if (rings.get(queue).mustNotify()) {
      device.notifyQueue(queue);
    }
    return id;
  }

  /** An element that the device reads, with its content put in place. */
  public GuestRing.Element readable(long address, byte... content) {
    MemorySegment.copy(content, 0, ram, JAVA_BYTE, address, content.length);
    return new GuestRing.Element(address, content.length, false);
  }

  /** An element that the device may write. */
  public static GuestRing.Element writable(long address, int length) {
    return new GuestRing.Element(address, length, true);
  }

  /** What lies in RAM. */
  public byte[] bytes(long address, long length) {
    return ram.asSlice(address, length).toArray(JAVA_BYTE);
  }

  /** Reads a little-endian field of the configuration space. */
  public long config(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) device.readConfig(offset + i) << (8 * i);
    }
    return value;
  }

  @Override
  public void queue(int index) {
    interrupts.add(index);
  }

  @Override
  public void config() {
    interrupts.add(-1);
  }

  @Override
  public void close() {
    device.status(0);
    memory.close();
  }
}
