package org.tenon.hv.virtio.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.VirtioDevice;

/** A guest's virtio-net driver, as simple as the specification allows, over {@link GuestRing}. */
public final class NetGuest {
  /** A frame that has arrived, with its header. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Arrived(byte[] header, byte[] frame) {}

  private static final long SLOT = 1 << 17;

  VirtioDevice device;
  final MemorySegment ram;
  final List<GuestRing> rings = new ArrayList<>();
  private final Random random;
  private final ArrayDeque<Long> freeSlots = new ArrayDeque<>();
  private final List<Map<Integer, Long>> slots = new ArrayList<>();
  private final List<Map<Integer, Integer>> sizes = new ArrayList<>();
  private boolean merges;

  public NetGuest(VirtioDevice device, GuestMemory memory, Random random) {
    this.device = device;
    this.random = random;
    ram = memory.region(0).segment();
    for (int i = 0; i < 128; i++) {
      freeSlots.add((16L << 20) + i * SLOT);
    }
  }

  /** The initialization sequence of 3.1.1. */
  public void initialize(long features, int queueSize) {
    boolean packed = (features & Feature.RING_PACKED) != 0;
    merges = (features & NetFeature.MRG_RXBUF) != 0;
    device.status(0);
    assertThat(device.status()).isZero();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.driverFeatures(features);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    assertThat(device.status() & DeviceStatus.FEATURES_OK).isNotZero();
    rings.clear();
    slots.forEach(held -> freeSlots.addAll(held.values()));
    slots.clear();
    sizes.clear();
    for (int queue = 0; queue < device.queueCount(); queue++) {
      long base = 0x10000 + queue * 0x8_0000L;
      ram.asSlice(base, 0x8_0000L).fill((byte) 0);
      GuestRing ring =
          GuestRing.of(packed, ram, queueSize, (features & Feature.EVENT_IDX) != 0, base);
      device.queueSize(queue, queueSize);
      device.queueAreas(queue, ring.table(), ring.driverArea(), ring.deviceArea());
      device.enableQueue(queue);
      rings.add(ring);
      slots.add(new HashMap<>());
      sizes.add(new HashMap<>());
    }
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  /** Makes bytes available to the device, framed at random, with room behind them for answers. */
  int send(int queue, byte[] readable, int writable) {
    long slot = freeSlots.removeFirst();
    MemorySegment.copy(readable, 0, ram, JAVA_BYTE, slot, readable.length);
    List<GuestRing.Element> elements = new ArrayList<>();
    if (readable.length > 0) {
      cut(elements, slot, readable.length, false);
    }
    if (writable > 0) {
      cut(elements, slot + readable.length, writable, true);
    }
    boolean direct = elements.size() == 1 || (random.nextBoolean() && rings.get(queue).free() > 40);
    int id = rings.get(queue).add(elements, direct ? elements.size() : 0);
    slots.get(queue).put(id, slot);
    sizes.get(queue).put(id, readable.length);
    notifyDevice(queue);
    return id;
  }

  /** Makes a buffer for frames to come available. */
  int post(int queue, int bytes) {
    return send(queue, new byte[0], bytes);
  }

  private void cut(List<GuestRing.Element> into, long from, int length, boolean writable) {
    int left = length;
    long at = from;
    for (int pieces = random.nextInt(3); pieces > 0 && left > 1; pieces--) {
      int piece = 1 + random.nextInt(left - 1);
      into.add(new GuestRing.Element(at, piece, writable));
      at += piece;
      left -= piece;
    }
    into.add(new GuestRing.Element(at, left, writable));
  }

  void notifyDevice(int queue) {
    if (rings.get(queue).mustNotify()) {
      device.notifyQueue(queue);
    }
  }

  /** Takes what the device has used of a queue; the bytes that it wrote into each. */
  List<byte[]> used(int queue) {
    List<byte[]> all = new ArrayList<>();
    GuestRing ring = rings.get(queue);
    for (var used = ring.takeUsed(); used != null; used = ring.takeUsed()) {
      long slot = Objects.requireNonNull(slots.get(queue).remove(used.id()));
      int skipped = Objects.requireNonNull(sizes.get(queue).remove(used.id()));
      byte[] written = new byte[(int) used.written()];
      MemorySegment.copy(ram, JAVA_BYTE, slot + skipped, written, 0, written.length);
      all.add(written);
      freeSlots.add(slot);
    }
    return all;
  }

  /** Takes the frames that have arrived on a receiveq. */
  List<Arrived> arrived(int queue) {
    List<Arrived> frames = new ArrayList<>();
    List<byte[]> buffers = used(queue);
    for (int i = 0; i < buffers.size(); ) {
      byte[] first = buffers.get(i++);
      byte[] header = Arrays.copyOf(first, NetHeader.BYTES);
      byte[] frame = Arrays.copyOfRange(first, NetHeader.BYTES, first.length);
      int count = header[10] & 0xff | (header[11] & 0xff) << 8;
      assertThat(count).isBetween(1, merges ? 64 : 1);
      for (int part = 1; part < count; part++) {
        byte[] more = buffers.get(i++);
        int before = frame.length;
        frame = Arrays.copyOf(frame, before + more.length);
        System.arraycopy(more, 0, frame, before, more.length);
      }
      frames.add(new Arrived(header, frame));
    }
    return frames;
  }

  /** What stands before a frame (5.1.6). */
  static byte[] header(int flags, int gso, int size, int start, int offset) {
    return ByteBuffer.allocate(NetHeader.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) flags)
        .put((byte) gso)
        .putShort((short) 0)
        .putShort((short) size)
        .putShort((short) start)
        .putShort((short) offset)
        .array();
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
