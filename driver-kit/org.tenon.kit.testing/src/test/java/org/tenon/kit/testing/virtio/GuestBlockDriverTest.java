package org.tenon.kit.testing.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The guest's rings and block driver against a strict device. */
class GuestBlockDriverTest {
  private static final long ALL =
      GuestBlockDriver.FEATURES
          | VirtioFeature.RING_PACKED
          | VirtioFeature.INDIRECT_DESC
          | VirtioFeature.EVENT_IDX;

  static Stream<RingOptions> shapes() {
    return Stream.of(false, true)
        .flatMap(packed ->
            Stream.of(false, true)
                .flatMap(indirect ->
                    Stream.of(false, true)
                        .map(event -> new RingOptions(16, packed, indirect, event))));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyRequestIsAnsweredOnEveryShapeOfRing(RingOptions shape) {
    LoopbackDevice device = new LoopbackDevice(ALL);
    try (GuestBlockDriver guest = GuestBlockDriver.open(device, shape)) {
      assertThat(guest.device().ring(0).options()).isEqualTo(shape);
      assertThat(guest.config().sectors()).isEqualTo(LoopbackDevice.SECTORS);
      assertThat(guest.queues()).isEqualTo(2);
      assertThat(guest.id()).isEqualTo("LOOP-7");
      byte[] data = random(1, 3 * 512);
      guest.write(5, data);
      guest.flush();
      assertThat(guest.read(5, 3 * 512)).isEqualTo(data);
      guest.writeZeroes(6, 1, true);
      guest.discard(7, 1);
      assertThat(guest.read(6, 1024)).containsOnly(0);
      assertThat(guest.perform(1, GuestBlockRequest.read(LoopbackDevice.SECTORS, 512)).status())
          .isEqualTo(VirtioBlk.IOERR);
      assertThat(guest.perform(1, GuestBlockRequest.of(99, 0, new byte[0], 0)).status())
          .isEqualTo(VirtioBlk.UNSUPP);
      assertThat(device.defects).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void thousandsOfRequestsInFlightTogetherKeepTheirData(RingOptions shape) {
    LoopbackDevice device = new LoopbackDevice(ALL);
    Random random = new Random(11);
    byte[] model = new byte[LoopbackDevice.SECTORS * 512];
    try (GuestBlockDriver guest = GuestBlockDriver.open(device, shape)) {
      for (int round = 0; round < 120; round++) {
        List<GuestBlockRequest> requests = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
          byte[] data = random(round * 5L + i, 512 * (1 + random.nextInt(2)));
          int sector = random.nextInt(LoopbackDevice.SECTORS - 2);
          int cut = 1 + random.nextInt(data.length - 1);
          requests.add(GuestBlockRequest.write(sector, data).pieces(cut, data.length - cut));
          System.arraycopy(data, 0, model, sector * 512, data.length);
        }
        for (GuestBlockIo io : guest.submit(0, requests)) {
          assertThat(guest.await(io, Duration.ofSeconds(20)).isOk()).isTrue();
        }
      }
      int sector = random.nextInt(LoopbackDevice.SECTORS - 2);
      assertThat(guest.perform(0, GuestBlockRequest.read(sector, 1024).pieces(1, 1023)).data())
          .isEqualTo(Arrays.copyOfRange(model, sector * 512, sector * 512 + 1024));
      assertThat(device.disk).isEqualTo(model);
      assertThat(device.defects).isEmpty();
      assertThat(guest.inFlight(0)).isZero();
      assertThat(guest.device().ring(0).free()).isEqualTo(16);
    }
  }

  @Test
  void aFullRingTakesNoMoreAndGoesOnAfterwards() {
    for (boolean packed : new boolean[] {false, true}) {
      GuestMemory memory = new GuestMemory(new LoopbackDevice(ALL));
      GuestRing ring = GuestRing.create(memory, new RingOptions(4, packed, false, false));
      GuestChain three = new GuestChain().readable(4096, 16).writable(8192, 8).writable(8200, 1);
      assertThat(ring.add(three)).isNotNegative();
      assertThat(ring.add(three)).isEqualTo(-1);
      assertThat(ring.free()).isEqualTo(1);
      assertThat(ring.poll()).isEqualTo(-1);
    }
  }

  @Test
  void aResetForgetsWhatWasAndTheDeviceServesAgain() {
    try (GuestBlockDriver guest =
        GuestBlockDriver.open(new LoopbackDevice(ALL), new RingOptions(8, true, true, true))) {
      guest.write(0, random(4, 512));
      guest.reset();
      assertThat(guest.read(0, 512)).isEqualTo(random(4, 512));
    }
  }

  @Test
  void featuresThatAreNotOfferedAreNotTaken() {
    try (GuestBlockDriver guest =
        GuestBlockDriver.open(new LoopbackDevice(0), new RingOptions(512, true, true, true))) {
      assertThat(guest.device().features()).isEqualTo(VirtioFeature.VERSION_1);
      assertThat(guest.device().ring(0).options())
          .isEqualTo(new RingOptions(256, false, false, false));
      assertThat(guest.queues()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyDefectIsOneForACarefulDeviceAndChangesNothing(RingDefect defect) {
    long tried = 0;
    for (RingOptions shape : shapes().filter(defect::fits).toList()) {
      LoopbackDevice device = new LoopbackDevice(ALL);
      try (GuestBlockDriver guest = GuestBlockDriver.open(device, shape)) {
        long status = guest.device().ring(0).publishDefect(defect);
        device.notifyQueue(0);
        assertThat(guest.device().awaitUsed(0, Duration.ofSeconds(20))).isEqualTo(-1);
        assertThat(guest.device().needsReset()).as("%s on %s", defect, shape).isTrue();
        assertThat(device.defects).hasSize(1);
        assertThat(guest.device().memory().get8(status)).isEqualTo(VirtioBlk.NOT_WRITTEN);
        assertThat(device.disk).containsOnly(0);
        guest.reset();
        guest.write(0, random(1, 512));
      }
      tried++;
    }
    assertThat(tried).isPositive();
    assertThat(defect.section()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void scribblingChangesTheDriversPartOfTheRingAndNothingElse(RingOptions shape) {
    MemorySegment ram = MemorySegment.ofArray(new long[1 << 16]);
    GuestMemory memory = new GuestMemory(ram, 0);
    long below = memory.allocate(4096, 16);
    GuestRing ring = GuestRing.create(memory, shape);
    byte[] before = memory.read(0, (int) ram.byteSize());
    ring.scribble(new Random(3), 500);
    byte[] after = memory.read(0, (int) ram.byteSize());
    long descriptors = ring.descriptorArea();
    long driver = ring.driverArea();
    assertThat(below).isLessThan(descriptors);
    for (int i = 0; i < after.length; i++) {
      boolean own = i >= descriptors && i < descriptors + 16L * 16;
      boolean spoken = i >= driver && i < driver + (shape.packed() ? 4 : 38);
      if (before[i] != after[i]) {
        assertThat(own || spoken).as("byte %d", i).isTrue();
      }
    }
    assertThat(after).isNotEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void indexesWrapAroundWithoutLosingAChain(RingOptions shape) {
    GuestMemory memory = new GuestMemory(MemorySegment.ofArray(new long[1 << 20]), 0);
    GuestRing ring = GuestRing.create(memory, shape);
    LoopbackQueue device =
        LoopbackQueue.of(
            memory, shape, ring.descriptorArea(), ring.driverArea(), ring.deviceArea());
    GuestChain chain = new GuestChain().readable(4096, 16).writable(8192, 8).writable(8200, 1);
    for (int i = 0; i < 70_000; i++) {
      int token = ring.add(chain);
      ring.publish();
      LoopbackQueue.Chain taken = Objects.requireNonNull(device.take());
      device.use(taken, i);
      assertThat(ring.poll()).isEqualTo(token);
      assertThat(ring.usedLength()).isEqualTo(i);
    }
    assertThat(ring.poll()).isEqualTo(-1);
    assertThat(device.take()).isNull();
  }

  @Test
  void aDeviceThatUsesWhatItWasNotGivenIsAViolation() {
    for (boolean packed : new boolean[] {false, true}) {
      GuestMemory memory = new GuestMemory(new LoopbackDevice(ALL));
      GuestRing ring = GuestRing.create(memory, new RingOptions(4, packed, false, false));
      if (packed) {
        memory.put16(ring.descriptorArea() + 12, 3);
        memory.release16(ring.descriptorArea() + 14, (1 << 7) | (1 << 15));
      } else {
        memory.put32(ring.deviceArea() + 4, 3);
        memory.release16(ring.deviceArea() + 2, 1);
      }
      assertThatThrownBy(ring::poll)
          .isInstanceOf(VirtioViolation.class)
          .hasMessageContaining("was not given");
    }
  }

  @Test
  void notificationsAreSparedWhileTheDeviceIsBusy() {
    LoopbackDevice device = new LoopbackDevice(ALL);
    try (GuestBlockDriver guest =
        GuestBlockDriver.open(device, new RingOptions(64, false, true, true))) {
      guest.submit(
          0,
          List.of(GuestBlockRequest.flush(), GuestBlockRequest.flush(), GuestBlockRequest.flush()));
      assertThat(device.notifications).isEqualTo(1);
    }
  }

  @Test
  void memoryIsHandedOutAlignedAndTakenBackWhole() {
    GuestMemory memory = new GuestMemory(new LoopbackDevice(0));
    long first = memory.allocate(1, 1);
    long second = memory.allocate(100, 4096);
    assertThat(second % 4096).isZero();
    memory.free(first);
    memory.free(second);
    assertThat(memory.allocate((8L << 20) - 4096, 4096)).isEqualTo(first);
    assertThatThrownBy(() -> memory.allocate(1, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> memory.free(second)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
