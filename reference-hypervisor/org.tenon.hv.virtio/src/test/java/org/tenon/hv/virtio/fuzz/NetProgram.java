package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.tenon.hv.virtio.net.NetDevice;
import org.tenon.hv.virtio.net.NetFeature;
import org.tenon.hv.virtio.net.NetHeader;
import org.tenon.hv.virtio.net.WireNic;
import org.tenon.spi.net.NicOffload;

/**
 * A hostile guest before a network card with two pairs of queues: registers in any order, frames
 * with any header, buffers and commands of any shape in rings that are partly sound, while frames
 * come and the cable goes out and in. Whatever it does, nothing is thrown, every pass ends, and the
 * card is given frames and buffers that it can handle: one outside the guest's RAM or longer than
 * agreed would show.
 */
final class NetProgram implements Interrupts {
  private static final int PAIRS = 2;
  private static final int QUEUE_SIZE = 8;
  private static final int LONGEST = 65_557;
  private static final int SLOTS = 16;
  private static final long SLOT = 0x1000;
  private static final long RINGS = 0x1000;
  private static final long RING_BYTES = 0x2000;
  private static final long DATA = 0x20000;

  private static final GuestMemory MEMORY = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private static final MemorySegment RAM = MEMORY.region(0).segment();

  private final Program program;
  private final WireNic nic = new WireNic();
  private final Set<Integer> work = new HashSet<>();
  private final NetDevice model;
  private final VirtioDevice device;
  private final List<@Nullable GuestRing> rings = new ArrayList<>();
  private long sent;
  private long received;
  private long obeyed;

  /** What came of a program. */
  record Seen(long sent, long received, long obeyed) {
    Seen and(Seen more) {
      return new Seen(sent + more.sent, received + more.received, obeyed + more.obeyed);
    }
  }

  private NetProgram(byte[] input) {
    program = new Program(input);
    RAM.asSlice(0, DATA + SLOTS * SLOT).fill((byte) 0);
    nic.pairs = PAIRS;
    model = new NetDevice(nic.attach(MEMORY), WireNic.ADDRESS, 16, QueueSchedule.of(work::add));
    device = new VirtioDevice(model, MEMORY, this);
  }

  static synchronized Seen run(byte[] input) {
    NetProgram run = new NetProgram(input);
    try {
      return run.run();
    } finally {
      run.nic.detach();
    }
  }

  private Seen run() {
    if (program.u8() < 240) {
      bringUp();
    }
    while (program.hasMore()) {
      switch (program.u8() % 48) {
        case 0 -> device.status(program.u8());
        case 1 -> device.driverFeatures(program.u64());
        case 2 -> device.queueSize(queue(), program.u16());
        case 3 -> device.queueAreas(queue(), program.u64(), program.u64(), program.u64());
        case 4 -> device.enableQueue(program.u8() - 100);
        case 5 -> device.notifyQueue(program.u8() - 100);
        case 6 -> device.writeConfig(program.u8() - 10, program.u8());
        case 7 -> RAM.set(JAVA_BYTE, program.u32() % DATA, (byte) program.u8());
        case 8 -> resetQueue(queue());
        case 9 -> {
          device.status(0);
          serve();
          bringUp();
        }
        case 10 -> nic.cable(program.flag());
        case 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> arrive();
        case 21, 22, 23, 24, 25, 26 -> command();
        case 27, 28, 29, 30, 31, 32, 33, 34, 35, 36 -> post();
        default -> send();
      }
      assertThat(device.readConfig(program.u8() - 10)).isBetween(0, 255);
      serve();
      look();
    }
    assertThat(nic.faults()).isEmpty();
    return new Seen(sent, received, obeyed);
  }

  private int queue() {
    return program.u8() % device.queueCount();
  }

  private void bringUp() {
    if (device.status() != 0) {
      return;
    }
    boolean packed = program.flag();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    long left = program.u8() < 160 ? 0 : program.u64();
    device.driverFeatures(
        (device.deviceFeatures() & ~left & ~Feature.RING_PACKED)
            | (packed ? Feature.RING_PACKED : 0)
            | Feature.VERSION_1);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    rings.clear();
    for (int i = 0; i < device.queueCount(); i++) {
      rings.add(null);
      setUp(i);
    }
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  private void setUp(int queue) {
    long base = RINGS + queue * RING_BYTES;
    RAM.asSlice(base, RING_BYTES).fill((byte) 0);
    boolean packed = has(Feature.RING_PACKED);
    GuestRing made = GuestRing.of(packed, RAM, QUEUE_SIZE, has(Feature.EVENT_IDX), base);
    device.queueSize(queue, QUEUE_SIZE);
    device.queueAreas(queue, made.table(), made.driverArea(), made.deviceArea());
    device.enableQueue(queue);
    rings.set(queue, made);
  }

  private boolean has(long feature) {
    return Feature.has(device.driverFeatures(), feature);
  }

  private boolean isRunning() {
    return (device.status() & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET))
        == DeviceStatus.DRIVER_OK;
  }

  /** As 2.6.1 has it; what was in its ring is forgotten. */
  private void resetQueue(int queue) {
    if (device.resetQueue(queue) && queue < rings.size()) {
      rings.set(queue, null);
      serve();
      assertThat(device.isQueueResetting(queue)).as("nothing is left in flight").isFalse();
      setUp(queue);
    }
  }

  /** A frame comes over the wire, which promises and asks what this guest's card may. */
  private void arrive() {
    byte[] frame = new byte[60 + program.u16() % 1463];
    long offload = NicOffload.NONE;
    if (isRunning() && has(NetFeature.GUEST_CSUM)) {
      offload =
          program.flag() ? NicOffload.valid() : NicOffload.checksum(34, 6 + program.u8() % 16);
      if (has(NetFeature.GUEST_TSO4) && has(NetFeature.GUEST_TSO6) && program.flag()) {
        frame = Arrays.copyOf(tcpFront(), 1600 + program.u16() % 6000);
        offload = NicOffload.cut(NicOffload.checksum(34, 16), NicOffload.TCP4, 1460, false);
      }
    }
    if (nic.receive(program.u8() % PAIRS, frame, offload)) {
      received++;
    }
  }

  private void post() {
    List<GuestRing.Element> elements = new ArrayList<>();
    cut(elements, slot(), (int) program.mostlyBelow((int) SLOT), program.u8() > 5);
    offer(2 * (program.u8() % PAIRS), elements);
  }

  private void send() {
    long at = slot();
    int length = (int) program.mostlyBelow(2048);
    int cutting = program.u8();
    ByteBuffer header =
        ByteBuffer.allocate(NetHeader.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) (program.u8() < 200 ? program.u8() & 1 : program.u8()))
            .put((byte) (cutting < 128 ? 0 : cutting < 192 ? 1 : cutting < 224 ? 4 : cutting))
            .putShort((short) program.u8())
            .putShort((short) program.u16())
            .putShort((short) program.u8())
            .putShort((short) (program.u8() % 20));
    put(at, header.array());
    if (program.flag()) {
      put(at + NetHeader.BYTES, tcpFront());
    }
    List<GuestRing.Element> elements = new ArrayList<>();
    cut(elements, at, NetHeader.BYTES + length, program.u8() < 5);
    offer(2 * (program.u8() % PAIRS) + 1, elements);
  }

  /** What a frame begins with that may be cut into several. */
  private static byte[] tcpFront() {
    byte[] front = new byte[54];
    front[12] = 8;
    front[14] = 0x45;
    front[23] = 6;
    front[46] = 0x50;
    return front;
  }

  private void command() {
    long at = slot();
    byte[] content = commandBytes();
    put(at, content);
    List<GuestRing.Element> elements = new ArrayList<>();
    cut(elements, at, content.length, program.u8() < 5);
    cut(elements, at + SLOT / 2, program.u8() < 250 ? 1 : 0, program.u8() > 5);
    RAM.set(JAVA_BYTE, at + SLOT / 2, (byte) 0x55);
    offer(has(NetFeature.MQ) || has(NetFeature.RSS) ? 2 * PAIRS : 2, elements);
    serve();
    if (RAM.get(JAVA_BYTE, at + SLOT / 2) == 0) {
      obeyed++;
    }
  }

  private byte[] commandBytes() {
    int kind = program.u8() < 245 ? program.u8() % 5 : program.u8();
    ByteBuffer bytes = ByteBuffer.allocate(600).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) (kind == 3 ? 4 : kind)).put((byte) (program.u8() % 3));
    switch (kind) {
      case 0 -> bytes.put((byte) program.u8());
      case 1 -> putAddresses(bytes);
      case 2 -> bytes.putShort((short) (program.u16() & 0x1fff));
      case 3 -> bytes.putShort((short) (program.u8() % (PAIRS + 2)));
      default -> putSteering(bytes);
    }
    int wrong = program.u8();
    int length = wrong < 230 ? bytes.position() : wrong - 230;
    byte[] content = new byte[length];
    bytes.rewind().get(content, 0, length);
    return content;
  }

  private void putAddresses(ByteBuffer into) {
    if (program.flag()) {
      into.putShort((short) (program.u8() & 0xfe)).putInt((int) program.u32());
      return;
    }
    for (int table = 0; table < 2; table++) {
      int entries = program.u8() % 8;
      into.putInt(program.u8() < 245 ? entries : (int) program.u32());
      for (int i = 0; i < entries; i++) {
        into.putShort((short) (program.u8() & 0xfe)).putInt((int) program.u32());
      }
    }
  }

  private void putSteering(ByteBuffer into) {
    int entries = 1 << program.u8() % 8;
    into.putInt(program.u8() & 0x3f);
    into.putShort((short) (program.u8() < 245 ? entries - 1 : program.u16()));
    into.putShort((short) (program.u8() % (PAIRS + 1)));
    for (int i = 0; i < entries; i++) {
      into.putShort((short) (program.u8() < 250 ? i % PAIRS : program.u16()));
    }
    into.putShort((short) (1 + program.u8() % PAIRS));
    int keyBytes = program.u8() < 245 ? 40 : program.u8();
    into.put((byte) keyBytes).put(new byte[keyBytes]);
  }

  private long slot() {
    return DATA + (program.u8() % SLOTS) * SLOT;
  }

  private static void put(long at, byte[] bytes) {
    MemorySegment.copy(bytes, 0, RAM, JAVA_BYTE, at, bytes.length);
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

  private void offer(int queue, List<GuestRing.Element> elements) {
    GuestRing ring = queue < rings.size() ? rings.get(queue) : null;
    int direct = program.flag() ? 0 : elements.size();
    if (ring != null && isRunning() && ring.free() >= Math.max(1, direct)) {
      var _ = ring.add(elements, direct);
      device.notifyQueue(queue);
    }
  }

  private void serve() {
    while (!work.isEmpty()) {
      for (int queue : List.copyOf(work)) {
        work.remove(queue);
        int passes = 0;
        do {
          while (model.poll(queue)) {
            assertThat(++passes).as("a pass that takes nothing must end").isLessThan(100);
          }
        } while (!model.arm(queue) && ++passes < 100);
      }
    }
    for (int i = 0; i < rings.size(); i++) {
      GuestRing ring = rings.get(i);
      try {
        var _ = ring == null ? 0 : ring.drain();
      } catch (AssertionError e) {
        // The program has overwritten the used ring: its driver can go on no more.
        rings.set(i, null);
      }
    }
  }

  private void look() {
    for (WireNic.Sent frame : nic.wire) {
      assertThat(frame.bytes()).hasSizeBetween(1, LONGEST);
      if (NicOffload.needsChecksum(frame.offload())) {
        int end =
            NicOffload.checksumStart(frame.offload())
                + NicOffload.checksumOffset(frame.offload())
                + 2;
        assertThat(frame.bytes()).hasSizeGreaterThanOrEqualTo(end);
      }
      sent++;
    }
    nic.wire.clear();
  }

  @Override
  public void queue(int index) {
    assertThat(index).isBetween(0, 2 * PAIRS);
  }

  @Override
  public void config() {}
}
