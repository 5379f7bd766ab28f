package org.tenon.hv.virtio.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.NicAttachment;
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
import org.tenon.spi.net.NicProperties;

/**
 * A hostile guest before a whole network card, with frames that come meanwhile: registers in any
 * order, frames, buffers and commands of any shape in rings that are partly sound. Whatever it
 * does, nothing is thrown, every pass ends, the driver is held against nothing, and what it is
 * given to send keeps the promises of the SPI.
 */
final class NetProgram implements Interrupts {
  private static final int PAIRS = 2;
  private static final int QUEUE_SIZE = 16;
  private static final int RINGS = 0x1_0000;
  private static final int RING_BYTES = 0x8000;
  private static final int DATA = 0x8_0000;
  private static final int SLOT = 0x1000;
  private static final int SLOTS = 64;

  private static final GuestMemory MEMORY = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private static final MemorySegment RAM = MEMORY.region(0).segment();

  private final Program program;
  private final WireNic nic = new WireNic(PAIRS);
  private final NicAttachment attachment;
  private final Set<Integer> work = new HashSet<>();
  private final NetDevice model;
  private final VirtioDevice device;
  private final @Nullable GuestRing[] rings = new GuestRing[2 * PAIRS + 1];
  private int nextSlot;
  private long arrived;

  private NetProgram(byte[] input) {
    program = new Program(input);
    RAM.asSlice(0, DATA).fill((byte) 0);
    attachment = nic.attach(MEMORY);
    model = new NetDevice(attachment, WireNic.ADDRESS, QUEUE_SIZE, QueueSchedule.of(work::add));
    device = new VirtioDevice(model, MEMORY, this);
  }

  static synchronized long run(byte[] input) {
    NetProgram run = new NetProgram(input);
    try {
      return run.run();
    } finally {
      run.attachment.close();
    }
  }

  /** Answers how many frames went either way. */
  private long run() {
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
        case 8 -> device.resetQueue(program.u8() - 100);
        case 9 -> {
          device.status(0);
          bringUp();
        }
        case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> comes();
        case 20, 21, 22, 23, 24, 25, 26, 27 -> command();
        case 28, 29, 30, 31, 32, 33, 34, 35 -> post();
        default -> send();
      }
      assertThat(device.readConfig(program.u8() - 10)).isBetween(0, 255);
      serve();
    }
    assertThat(attachment.faults()).isEmpty();
    nic.wire.forEach(this::checkSent);
    return nic.wire.size() + arrived;
  }

  private int queue() {
    return program.u8() % (rings.length + 1);
  }

  private void bringUp() {
    boolean packed = program.flag();
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    long left = program.u8() < 220 ? 0 : program.u64();
    device.driverFeatures(
        (device.deviceFeatures() & ~left & ~Feature.RING_PACKED)
            | (packed ? Feature.RING_PACKED : 0)
            | Feature.VERSION_1);
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    RAM.asSlice(RINGS, (long) rings.length * RING_BYTES).fill((byte) 0);
    for (int queue = 0; queue < rings.length; queue++) {
      boolean indexes = Feature.has(device.driverFeatures(), Feature.EVENT_IDX);
      GuestRing made =
          GuestRing.of(packed, RAM, QUEUE_SIZE, indexes, RINGS + (long) queue * RING_BYTES);
      device.queueSize(queue, QUEUE_SIZE);
      device.queueAreas(queue, made.table(), made.driverArea(), made.deviceArea());
      device.enableQueue(queue);
      rings[queue] = made;
    }
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  /** A frame comes by the wire, of any content, with a word on its checksum that makes sense. */
  private void comes() {
    byte[] frame = new byte[14 + program.u16() % 1508];
    frame[0] = (byte) program.u8();
    int start = program.u8() % frame.length;
    int offset = program.u8();
    long offload =
        switch (program.u8() % 4) {
          case 0 -> NicOffload.valid();
          case 1 -> NicOffload.checksum(start, offset);
          case 2 ->
              NicOffload.cut(
                  NicOffload.checksum(start, offset),
                  program.flag() ? NicOffload.TCP4 : NicOffload.TCP6,
                  1 + program.u8(),
                  program.flag());
          default -> NicOffload.NONE;
        };
    if (nic.receive(program.u8() % PAIRS, frame, offload)) {
      arrived++;
    }
  }

  private void send() {
    int at = slot();
    RAM.set(JAVA_BYTE, at, (byte) (program.u8() % 4));
    RAM.set(JAVA_BYTE, at + 1, (byte) (program.u8() % 16 * 17));
    for (int i = 2; i < NetHeader.BYTES; i++) {
      boolean high = i % 2 == 1;
      RAM.set(JAVA_BYTE, at + i, (byte) (high ? program.u8() / 255 : program.u8()));
    }
    List<GuestRing.Element> elements = new ArrayList<>();
    spoil(elements, at, NetHeader.BYTES, false);
    spoil(elements, at + NetHeader.BYTES, 14 + program.u16() % 1600, false);
    offer(2 * (program.u8() % PAIRS) + 1, elements);
  }

  private void post() {
    int at = slot();
    List<GuestRing.Element> elements = new ArrayList<>();
    spoil(elements, at, 1 + program.u8(), true);
    spoil(elements, at + 512, 1 + program.u16() % 1800, true);
    offer(2 * (program.u8() % PAIRS), elements);
  }

  private void command() {
    int at = slot();
    int bytes = program.u8() < 250 ? program.u8() % 64 : program.u16() % 2048;
    RAM.set(JAVA_BYTE, at, (byte) (program.u8() % 6));
    RAM.set(JAVA_BYTE, at + 1, (byte) (program.u8() % 3));
    for (int i = 0; i < Math.min(bytes, 24); i++) {
      RAM.set(JAVA_BYTE, at + 2 + i, (byte) (program.u8() % (i % 4 == 0 ? 256 : 2)));
    }
    List<GuestRing.Element> elements = new ArrayList<>();
    spoil(elements, at, 2 + bytes, false);
    spoil(elements, at + 2048 + 16, 1, true);
    offer(program.u8() < 200 ? control() : 2, elements);
  }

  private int control() {
    long several = NetFeature.MQ | NetFeature.RSS;
    return (device.driverFeatures() & several) != 0 ? 2 * PAIRS : 2;
  }

  private int slot() {
    nextSlot = (nextSlot + 1) % SLOTS;
    return DATA + nextSlot * SLOT;
  }

  /** Adds an element of a sound chain, now and then with one thing wrong. */
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

  private void offer(int queue, List<GuestRing.Element> elements) {
    GuestRing to = rings[queue];
    if (to == null || elements.isEmpty()) {
      return;
    }
    int direct = program.flag() ? 0 : elements.size();
    if (to.free() >= Math.max(1, direct)) {
      var _ = to.add(elements, direct);
      device.notifyQueue(queue);
    }
  }

  private void serve() {
    for (int queue : List.copyOf(work)) {
      work.remove(queue);
      int passes = 0;
      while (model.poll(queue)) {
        assertThat(++passes).as("a pass that takes nothing must end").isLessThan(200);
      }
    }
    for (int queue = 0; queue < rings.length; queue++) {
      GuestRing ring = rings[queue];
      if (ring != null) {
        try {
          var _ = ring.drain();
        } catch (AssertionError e) {
          // The program has overwritten the used ring: its driver can go on no more.
          rings[queue] = null;
        }
      }
    }
  }

  /** What a driver may rely on. */
  private void checkSent(WireNic.Sent sent) {
    NicProperties limits = attachment.properties();
    boolean whole = NicOffload.cutting(sent.offload()) == NicOffload.WHOLE;
    assertThat(sent.bytes().length)
        .isBetween(1, whole ? limits.maxFrameBytes() : limits.maxSegmentedBytes());
    if (NicOffload.needsChecksum(sent.offload())) {
      assertThat(
              NicOffload.checksumStart(sent.offload())
                  + NicOffload.checksumOffset(sent.offload())
                  + 2)
          .isLessThanOrEqualTo(sent.bytes().length);
    }
    assertThat(whole || NicOffload.segmentSize(sent.offload()) > 0).isTrue();
  }

  @Override
  public void queue(int index) {
    assertThat(index).isBetween(0, 2 * PAIRS);
  }

  @Override
  public void config() {}
}
