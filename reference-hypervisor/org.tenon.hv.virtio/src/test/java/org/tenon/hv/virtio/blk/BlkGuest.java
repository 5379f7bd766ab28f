package org.tenon.hv.virtio.blk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.VirtioDevice;

/** A guest's virtio-blk driver, as simple as the specification allows, over {@link GuestRing}. */
final class BlkGuest {
  /** A request on its way; where its parts lie in guest RAM. */
  record Sent(int queue, int type, long sector, long header, long data, int length, long status) {}

  private static final long SLOT = 1 << 16;

  VirtioDevice device;
  final MemorySegment ram;
  final List<GuestRing> rings = new ArrayList<>();
  private final Random random;
  private boolean indirect;
  private final long dataArea = 32 << 20;
  private final List<Map<Integer, Sent>> sent = new ArrayList<>();
  private final List<Long> freeSlots = new ArrayList<>();

  BlkGuest(VirtioDevice device, GuestMemory memory, Random random) {
    this.device = device;
    this.random = random;
    ram = memory.region(0).segment();
    for (int i = 0; i < 256; i++) {
      freeSlots.add(dataArea + i * SLOT);
    }
  }

  /** The machine was restored: the same driver, another device. */
  void moveTo(VirtioDevice restored) {
    device = restored;
  }

  /** The initialization sequence of 3.1.1. */
  void initialize(long features, int queueSize) {
    boolean packed = (features & Feature.RING_PACKED) != 0;
    indirect = (features & Feature.INDIRECT_DESC) != 0;
    device.status(0);
    assertThat(device.status()).isZero();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.driverFeatures(features);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    assertThat(device.status() & DeviceStatus.FEATURES_OK).isNotZero();
    rings.clear();
    sent.clear();
    for (int queue = 0; queue < device.queueCount(); queue++) {
      long base = 0x10000 + queue * 0x40_0000L;
      ram.asSlice(base, 0x40_0000L).fill((byte) 0);
      GuestRing ring =
          GuestRing.of(packed, ram, queueSize, (features & Feature.EVENT_IDX) != 0, base);
      device.queueSize(queue, queueSize);
      device.queueAreas(queue, ring.table(), ring.driverArea(), ring.deviceArea());
      device.enableQueue(queue);
      rings.add(ring);
      sent.add(new HashMap<>());
    }
    device.status(device.status() | DeviceStatus.DRIVER_OK);
    assertThat(device.status())
        .isEqualTo(
            DeviceStatus.ACKNOWLEDGE
                | DeviceStatus.DRIVER
                | DeviceStatus.FEATURES_OK
                | DeviceStatus.DRIVER_OK);
  }

  /**
   * Sends a request with {@code length} bytes of data of the direction its type has; the data is in
   * place already.
   */
  @Nullable Sent send(int queue, int type, long sector, byte[] data) {
    long slot = freeSlots.removeLast();
    boolean toGuest = type == 0 || type == 8;
    Sent request =
        new Sent(queue, type, sector, slot, slot + 16, data.length, slot + 16 + data.length);
    ram.set(JAVA_INT_UNALIGNED, slot, type);
    ram.set(JAVA_INT_UNALIGNED, slot + 4, 0);
    ram.set(JAVA_LONG_UNALIGNED, slot + 8, sector);
    MemorySegment.copy(data, 0, ram, JAVA_BYTE, slot + 16, data.length);
    ram.set(JAVA_BYTE, request.status(), (byte) 0xee);
    List<GuestRing.Element> elements = new ArrayList<>();
    int readable = 16 + (toGuest ? 0 : data.length);
    cut(elements, slot, readable, false);
    cut(elements, slot + readable, 16 + data.length + 1 - readable, true);
    GuestRing ring = rings.get(queue);
    boolean direct = !indirect || random.nextBoolean();
    if (ring.free() < (direct ? elements.size() : 1)) {
      freeSlots.add(slot);
      return null;
    }
    int id = ring.add(elements, direct ? elements.size() : 0);
    sent.get(queue).put(id, request);
    return request;
  }

  /** Frames a stretch in one, two or three descriptors: no framing means anything (2.7.4.1). */
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

  /** Asks for an interrupt at the next used buffer. */
  void wantInterrupt(int queue) {
    rings.get(queue).wantInterruptAfter(0);
  }

  /** A request that has ended. */
  static final class Ended {
    private final Sent request;
    private final byte status;
    private final long written;
    private final byte[] data;

    private Ended(Sent request, byte status, long written, byte[] data) {
      this.request = request;
      this.status = status;
      this.written = written;
      this.data = data;
    }

    Sent request() {
      return request;
    }

    byte status() {
      return status;
    }

    long written() {
      return written;
    }

    byte[] data() {
      return data;
    }
  }

  /** Takes what the device has used in a queue. */
  List<Ended> ended(int queue) {
    List<Ended> all = new ArrayList<>();
    GuestRing ring = rings.get(queue);
    for (var used = ring.takeUsed(); used != null; used = ring.takeUsed()) {
      Sent request = Objects.requireNonNull(sent.get(queue).remove(used.id()));
      byte[] data = new byte[request.length()];
      MemorySegment.copy(ram, JAVA_BYTE, request.data(), data, 0, data.length);
      all.add(new Ended(request, ram.get(JAVA_BYTE, request.status()), used.written(), data));
      freeSlots.add(request.header());
    }
    return all;
  }

  int outstanding() {
    return sent.stream().mapToInt(Map::size).sum();
  }
}
