package org.tenon.hv.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tenon.hv.virtio.LoopRig.DATA;
import static org.tenon.hv.virtio.LoopRig.writable;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.LoopRig;

/** An entropy device before a driver. */
class RngDeviceTest {
  private static final int QUEUE_SIZE = 16;

  private final LoopRig<RngDevice> rig = rig(new SeededEntropy(7));

  private static LoopRig<RngDevice> rig(Entropy entropy) {
    return new LoopRig<>(handoffs -> new RngDevice(entropy, QUEUE_SIZE, handoffs));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static byte[] expected(long seed, int bytes) {
    byte[] all = new byte[bytes];
    new SplittableRandom(seed).nextBytes(all);
    return all;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Feature.EVENT_IDX, Feature.RING_PACKED})
  void aBufferIsFilledWhereverItsPiecesLie(long features) {
    rig.initialize(features, QUEUE_SIZE);
    rig.offer(0, writable(DATA, 3), writable(DATA + 100, 61));
    rig.settle();
    GuestRing.Used used = Objects.requireNonNull(rig.rings.get(0).takeUsed());
    assertThat(used.written()).isEqualTo(64);
    byte[] expected = expected(7, 64);
    assertThat(rig.bytes(DATA, 3)).isEqualTo(Arrays.copyOf(expected, 3));
    assertThat(rig.bytes(DATA + 100, 61)).isEqualTo(Arrays.copyOfRange(expected, 3, 64));
    assertThat(rig.bytes(DATA + 161, 8)).containsOnly(0);
    assertThat(rig.interrupts).containsExactly(0);
  }

  @Test
  void aLargeBufferIsFilledInPartAndAnEmptyOneComesBack() {
    rig.initialize(0, QUEUE_SIZE);
    rig.offer(0, writable(DATA, 1 << 20));
    rig.offer(0, rig.readable(DATA + (2 << 20), (byte) 1));
    rig.settle();
    GuestRing ring = rig.rings.get(0);
    assertThat(Objects.requireNonNull(ring.takeUsed()).written()).isEqualTo(RngDevice.MOST_BYTES);
    assertThat(Objects.requireNonNull(ring.takeUsed()).written()).isZero();
    assertThat(rig.bytes(DATA + RngDevice.MOST_BYTES, 64)).containsOnly(0);
  }

  @Test
  void aBrokenRingAsksForAResetAndAfterItTheDeviceWorks() {
    rig.initialize(0, QUEUE_SIZE);
    rig.offer(0, new GuestRing.Element(1L << 40, 16, true));
    rig.settle();
    assertThat(rig.device.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
    assertThat(rig.interrupts).containsExactly(-1);
    rig.initialize(0, QUEUE_SIZE);
    rig.offer(0, writable(DATA, 8));
    rig.settle();
    assertThat(rig.bytes(DATA, 8)).isEqualTo(expected(7, 8));
  }

  @Test
  void theSeedsStreamGoesOnFromItsPosition() {
    SeededEntropy whole = new SeededEntropy(-3);
    byte[] first = new byte[24];
    whole.fill(first, 24);
    byte[] second = new byte[40];
    new SeededEntropy(whole.position()).fill(second, 40);
    byte[] expected = expected(-3, 64);
    assertThat(first).isEqualTo(Arrays.copyOf(expected, 24));
    assertThat(second).isEqualTo(Arrays.copyOfRange(expected, 24, 64));
  }

  @Test
  void theHostsBytesAreAllDifferent() {
    HostEntropy host = new HostEntropy();
    byte[] bytes = new byte[10_000];
    host.fill(bytes, 5_000);
    byte[] more = new byte[10_000];
    host.fill(more, 10_000);
    assertThat(Arrays.mismatch(bytes, more)).isBetween(0, 16);
    long ones = 0;
    for (byte value : more) {
      ones += Integer.bitCount(value & 0xff);
    }
    assertThat(ones).isBetween(39_000L, 41_000L);
  }

  @Test
  void aBufferAllocatesNothing() {
    rig.initialize(Feature.EVENT_IDX, QUEUE_SIZE);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    GuestRing ring = rig.rings.get(0);
    long fewest = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < QUEUE_SIZE; j++) {
        rig.offer(0, writable(DATA + j * 8192L, 8192));
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      rig.settle();
      fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      assertThat(ring.drain()).isEqualTo(QUEUE_SIZE);
    }
    assertThat(fewest).isZero();
  }
}
