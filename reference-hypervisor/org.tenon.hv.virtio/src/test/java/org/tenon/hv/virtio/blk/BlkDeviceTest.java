package org.tenon.hv.virtio.blk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Status;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.DeviceStatus;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.GuestRing;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.PolledQueues;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;

/** A guest, the device, the seam and a driver together. */
class BlkDeviceTest {
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int DISCARD = 11;
  private static final int WRITE_ZEROES = 13;
  private static final int QUEUE_SIZE = 64;
  private static final long ALL_BLK = 0xffff;

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(64 << 20));
  private final RamDisk disk = new RamDisk(BlockGeometry.of(512, 1024).build());
  private final PolledQueues queues = new PolledQueues();
  private final List<String> interrupts = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // by make
  private BlkDevice model;

  @SuppressWarnings("NullAway.Init") // by make
  private BlkGuest guest;

  @AfterEach
  void release() {
    memory.close();
  }

  private void make(long seed) {
    model = new BlkDevice(disk.attach(memory), QUEUE_SIZE, queues);
    guest = new BlkGuest(new VirtioDevice(model, memory, lines()), memory, new Random(seed));
  }

  private Interrupts lines() {
    return new Interrupts() {
      @Override
      public void queue(int index) {
        interrupts.add("queue" + index);
      }

      @Override
      public void config() {
        interrupts.add("config");
      }
    };
  }

  private void pump() {
    queues.serve(model);
  }

  private BlkGuest.Ended call(int type, long sector, byte[] data) {
    guest.send(0, type, sector, data);
    guest.notifyDevice(0);
    pump();
    List<BlkGuest.Ended> ended = guest.ended(0);
    assertThat(ended).hasSize(1);
    return ended.getFirst();
  }

  private static byte[] pattern(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Stream<Arguments> variants() {
    List<Arguments> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(Arguments.of((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0 ? 4 : 1));
    }
    return all.stream();
  }

  /** Random requests, framed at random, on random queues, against a plain array. */
  // large on purpose: one conversation, each line of which rests on those before
  @ParameterizedTest
  @MethodSource("variants")
  void whatTheGuestWritesItReads(boolean packed, boolean event, boolean lazy, int queues) {
    disk.queues = queues;
    disk.lazy = lazy;
    make(queues);
    long features =
        Feature.VERSION_1
            | Feature.INDIRECT_DESC
            | (packed ? Feature.RING_PACKED : 0)
            | (event ? Feature.EVENT_IDX : 0)
            | (ALL_BLK & guest.device.deviceFeatures());
    guest.initialize(features, 16);
    Random random = new Random(42);
    byte[] model = new byte[disk.bytes.length];
    Set<Long> busy = new TreeSet<>();
    int done = 0;
    for (int step = 0; step < 2_000 || guest.outstanding() > 0; step++) {
      if (step < 2_000) {
        int queue = random.nextInt(queues);
        long block = random.nextInt(500);
        int blocks = 1 + random.nextInt(8);
        if (block + blocks <= 512 && claim(busy, block, blocks)) {
          boolean write = random.nextBoolean();
          byte[] data = write ? pattern(blocks * 1024, step) : new byte[blocks * 1024];
          if (guest.send(queue, write ? OUT : IN, block * 2, data) == null) {
            free(busy, block, blocks);
          }
        }
        if (random.nextInt(3) == 0) {
          guest.notifyDevice(queue);
        }
      } else {
        for (int queue = 0; queue < queues; queue++) {
          guest.notifyDevice(queue);
        }
      }
      if (random.nextInt(3) == 0) {
        pump();
        disk.run(random, 1 + random.nextInt(5));
        pump();
      }
      for (int queue = 0; queue < queues; queue++) {
        for (BlkGuest.Ended ended : guest.ended(queue)) {
          assertThat(ended.status()).isZero();
          int at = (int) ended.request().sector() * 512;
          if (ended.request().type() == OUT) {
            assertThat(ended.written()).isOne();
            System.arraycopy(ended.data(), 0, model, at, ended.data().length);
          } else {
            assertThat(ended.written()).isEqualTo(ended.data().length + 1);
            assertThat(ended.data())
                .isEqualTo(Arrays.copyOfRange(model, at, at + ended.data().length));
          }
          free(busy, ended.request().sector() / 2, ended.data().length / 1024);
          done++;
        }
      }
    }
    assertThat(disk.bytes).isEqualTo(model);
    assertThat(done).isGreaterThan(500);
    BlkMetrics metrics = this.model.metrics();
    assertThat(metrics.reads() + metrics.writes()).isEqualTo(done);
    assertThat(metrics.errors()).isZero();
  }

  // no longer large

  private static boolean claim(Set<Long> busy, long block, int blocks) {
    for (long b = block; b < block + blocks; b++) {
      if (busy.contains(b)) {
        return false;
      }
    }
    for (long b = block; b < block + blocks; b++) {
      busy.add(b);
    }
    return true;
  }

  private static void free(Set<Long> busy, long block, int blocks) {
    for (long b = block; b < block + blocks; b++) {
      busy.remove(b);
    }
  }

  private void initializeAll() {
    make(7);
    guest.initialize(guest.device.deviceFeatures() & ~Feature.RING_PACKED, QUEUE_SIZE);
  }

  @Test
  void identityIsTheSerial() {
    initializeAll();
    BlkGuest.Ended id = call(GET_ID, 0, new byte[20]);
    assertThat(id.status()).isZero();
    assertThat(id.written()).isEqualTo(21);
    assertThat(new String(id.data(), StandardCharsets.US_ASCII))
        .isEqualTo("serial-0123456789\0\0\0");
  }

  @Test
  void requestsOutsideTheRulesFailAndTouchNothing() {
    initializeAll();
    byte[] before = disk.bytes.clone();
    assertThat(call(OUT, 1023, new byte[1024]).status()).as("past the end").isEqualTo((byte) 1);
    assertThat(call(OUT, -2, new byte[1024]).status()).as("negative").isEqualTo((byte) 1);
    assertThat(call(OUT, 1, new byte[1024]).status()).as("unaligned sector").isEqualTo((byte) 1);
    assertThat(call(OUT, 0, new byte[512]).status()).as("half a block").isEqualTo((byte) 1);
    assertThat(call(OUT, 0, new byte[700]).status()).as("no sectors").isEqualTo((byte) 1);
    assertThat(call(IN, Long.MAX_VALUE, new byte[1024]).written()).isZero();
    assertThat(call(77, 0, new byte[512]).status()).as("unknown").isEqualTo((byte) 2);
    assertThat(call(GET_ID, 0, new byte[19]).status()).as("short id").isEqualTo((byte) 1);
    assertThat(call(OUT, 0, new byte[0]).status()).as("nothing to write").isZero();
    assertThat(disk.bytes).isEqualTo(before);
    assertThat(disk.log).isEmpty();
  }

  private static byte[] range(long sector, int sectors, int flags) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(sector)
        .putInt(sectors)
        .putInt(flags)
        .array();
  }

  @Test
  void discardAndWriteZeroesFollowTheirFlags() {
    initializeAll();
    Arrays.fill(disk.bytes, (byte) 1);
    assertThat(call(DISCARD, 0, range(2, 4, 0)).status()).isZero();
    assertThat(call(DISCARD, 0, range(2, 4, 1)).status()).as("unmap").isEqualTo((byte) 2);
    assertThat(call(WRITE_ZEROES, 0, range(2, 4, 1)).status()).isZero();
    assertThat(call(WRITE_ZEROES, 0, range(2, 4, 2)).status()).as("unknown").isEqualTo((byte) 2);
    assertThat(call(WRITE_ZEROES, 0, range(3, 4, 0)).status()).as("alignment").isEqualTo((byte) 1);
    assertThat(call(WRITE_ZEROES, 0, range(1022, 4, 0)).status()).as("end").isEqualTo((byte) 1);
    assertThat(call(WRITE_ZEROES, 0, range(-1, -1, 0)).status()).isEqualTo((byte) 1);
    assertThat(call(WRITE_ZEROES, 0, new byte[32]).status()).as("two ranges").isEqualTo((byte) 1);
    assertThat(call(WRITE_ZEROES, 0, new byte[15]).status()).as("short").isEqualTo((byte) 1);
    assertThat(disk.log).containsExactly("DISCARD", "WRITE_ZEROES+2");
    byte[] expected = new byte[disk.bytes.length];
    Arrays.fill(expected, (byte) 1);
    Arrays.fill(expected, 1024, 3072, (byte) 0);
    assertThat(disk.bytes).isEqualTo(expected);
  }

  @Test
  void writeThroughUsesFuaAndWriteBackDoesNot() {
    initializeAll();
    call(OUT, 0, new byte[1024]);
    guest.device.writeConfig(BlkRegisters.WRITEBACK, 0);
    assertThat(guest.device.readConfig(BlkRegisters.WRITEBACK)).isZero();
    call(OUT, 0, new byte[1024]);
    call(DISCARD, 0, range(2, 4, 0));
    guest.device.writeConfig(BlkRegisters.WRITEBACK, 1);
    call(OUT, 0, new byte[1024]);
    assertThat(disk.log).containsExactly("WRITE", "WRITE+1", "DISCARD", "FLUSH", "WRITE");
    assertThat(model.metrics().writes()).isEqualTo(3);
    assertThat(model.metrics().flushes()).isZero();
  }

  @Test
  void withoutFuaAWriteThroughWriteIsFollowedByAFlush() {
    disk.capabilities = Set.of(BlockCapabilities.FLUSH);
    disk.lazy = true;
    make(1);
    guest.initialize(Feature.VERSION_1, 8);
    guest.send(0, OUT, 0, new byte[1024]);
    guest.notifyDevice(0);
    pump();
    disk.run(new Random(1), 1);
    pump();
    assertThat(guest.ended(0)).as("durable first, then acknowledged").isEmpty();
    disk.run(new Random(1), 1);
    pump();
    assertThat(guest.ended(0)).hasSize(1);
    assertThat(disk.log).containsExactly("WRITE", "FLUSH");
    assertThat(call2(FLUSH)).as("flush was not negotiated").isEqualTo((byte) 2);
  }

  private byte call2(int type) {
    return call(type, 0, new byte[0]).status();
  }

  @Test
  void featuresAndRegistersAreTheDriversOwn() {
    disk.capabilities = Set.of();
    make(1);
    long offered = guest.device.deviceFeatures();
    assertThat(offered & BlkFeature.FLUSH).isZero();
    assertThat(offered & BlkFeature.CONFIG_WCE).isZero();
    assertThat(offered & BlkFeature.DISCARD).isZero();
    assertThat(offered & BlkFeature.WRITE_ZEROES).isZero();
    assertThat(offered & BlkFeature.MQ).isZero();
    ByteBuffer space = config();
    assertThat(space.getLong(0)).isEqualTo(1024);
    assertThat(space.getInt(12)).isEqualTo(62);
    assertThat((long) space.getInt(8) * space.getInt(12)).isLessThanOrEqualTo(1 << 20);
    assertThat(space.getInt(20)).isEqualTo(1024);
    assertThat(space.getShort(34)).isEqualTo((short) 1);
    assertThat(space.getInt(36)).isZero();
    guest.initialize(Feature.VERSION_1, 8);
    assertThat(call(FLUSH, 0, new byte[0]).status()).isEqualTo((byte) 2);
    assertThat(call(DISCARD, 0, range(0, 2, 0)).status()).isEqualTo((byte) 2);
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
    assertThat(disk.log).containsExactly("WRITE");
  }

  private ByteBuffer config() {
    ByteBuffer space = ByteBuffer.allocate(BlkRegisters.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BlkRegisters.SIZE; i++) {
      space.put(i, (byte) guest.device.readConfig(i));
    }
    return space;
  }

  @Test
  void resizeTellsTheGuest() {
    initializeAll();
    int generation = guest.device.configGeneration();
    interrupts.clear();
    disk.host.geometryChanged(disk.geometry.withBlocks(100));
    assertThat(interrupts).containsExactly("config");
    assertThat(guest.device.configGeneration()).isNotEqualTo(generation);
    assertThat(config().getLong(0)).isEqualTo(200);
    assertThat(call(IN, 200, new byte[1024]).status()).isEqualTo((byte) 1);
    assertThat(call(IN, 198, new byte[1024]).status()).isZero();
  }

  @Test
  void driversErrorReachesTheGuestAndTheQueueGoesOn() {
    initializeAll();
    disk.failWith = Status.NO_SPACE;
    assertThat(call(OUT, 0, new byte[1024]).status()).isEqualTo((byte) 1);
    disk.failWith = Status.UNSUPPORTED;
    assertThat(call(OUT, 0, new byte[1024]).status()).isEqualTo((byte) 2);
    disk.failWith = Status.OK;
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
    assertThat(model.metrics().errors()).isOne();
    assertThat(model.metrics().unsupported()).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetDuringIoEndsItAndTheDeviceServesAgain(boolean packed) {
    disk.lazy = true;
    make(3);
    long features = Feature.VERSION_1 | (packed ? Feature.RING_PACKED : 0);
    guest.initialize(features, 16);
    for (int i = 0; i < 4; i++) {
      guest.send(0, OUT, i * 2L, pattern(1024, i));
    }
    guest.notifyDevice(0);
    pump();
    assertThat(disk.pending).isNotEmpty();
    guest.device.status(0);
    assertThat(guest.device.status()).isZero();
    assertThat(disk.pending).isEmpty();
    assertThat(guest.ended(0)).as("a reset device gives nothing back").isEmpty();
    disk.lazy = false;
    guest.initialize(features, 16);
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
  }

  @Test
  void quarantinedDriverFailsRequestsAndAnotherTakesOver() {
    disk.lazy = true;
    initializeAll();
    for (int i = 0; i < 4; i++) {
      guest.send(0, OUT, i * 2L, pattern(1024, i));
    }
    guest.notifyDevice(0);
    pump();
    disk.host.complete(0, 15, Status.OK, 0);
    pump();
    List<BlkGuest.Ended> failed = guest.ended(0);
    assertThat(failed).hasSize(4).allMatch(e -> e.status() == 1);
    assertThat(failed.stream().map(e -> e.request().sector())).containsExactly(0L, 2L, 4L, 6L);
    assertThat(call(IN, 0, new byte[1024]).status()).as("and later ones").isEqualTo((byte) 1);
    assertThat(guest.device.status() & DeviceStatus.DEVICE_NEEDS_RESET).isZero();
    disk.lazy = false;
    disk.pending.clear();
    model.attach(disk.attach(memory));
    pump();
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void savedDeviceGoesOnInTheMiddleOfTheRing(boolean packed) throws StateException {
    make(5);
    long features =
        Feature.VERSION_1
            | BlkFeature.FLUSH
            | BlkFeature.CONFIG_WCE
            | (packed ? Feature.RING_PACKED : 0);
    guest.initialize(features, 16);
    guest.device.writeConfig(BlkRegisters.WRITEBACK, 0);
    for (int i = 0; i < 7; i++) {
      assertThat(call(OUT, i * 2L, pattern(1024, i)).status()).isZero();
    }
    disk.lazy = true;
    guest.send(0, IN, 0, new byte[1024]);
    guest.notifyDevice(0);
    pump();
    assertThatThrownBy(guest.device::state).isInstanceOf(IllegalStateException.class);
    disk.run(new Random(1), 1);
    pump();
    assertThat(guest.ended(0)).hasSize(1);
    guest.send(0, IN, 2, new byte[1024]);
    guest.notifyDevice(0);
    pump();
    disk.run(new Random(1), 1);
    StateWriter saved = new StateWriter();
    guest.device.save(saved);
    disk.lazy = false;
    model = new BlkDevice(disk.attach(memory), QUEUE_SIZE, queues);
    VirtioDevice restored = new VirtioDevice(model, memory, lines());
    restored.restore(new StateReader(ByteBuffer.wrap(saved.toBytes())));
    guest.moveTo(restored);
    pump();
    assertThat(guest.ended(0)).as("answered before the save").hasSize(1);
    assertThat(restored.readConfig(BlkRegisters.WRITEBACK)).isZero();
    for (int i = 0; i < 7; i++) {
      assertThat(call(IN, i * 2L, new byte[1024]).data()).isEqualTo(pattern(1024, i));
    }
    disk.log.clear();
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
    assertThat(disk.log).containsExactly("WRITE+1");
  }

  @Test
  void anotherKindOfDeviceCannotTakeOver() {
    initializeAll();
    RamDisk lesser = new RamDisk(disk.geometry);
    lesser.capabilities = Set.of();
    BlockAttachment other = lesser.attach(memory);
    assertThatThrownBy(() -> model.attach(other)).isInstanceOf(IllegalArgumentException.class);
    assertThat(call(OUT, 0, new byte[1024]).status()).isZero();
  }

  /** The other queue's requests are not touched; nothing of the queue's lands after its reset. */
  @Test
  void oneQueueIsResetWhileItsRequestsAreInFlight() {
    disk.queues = 2;
    disk.lazy = true;
    make(3);
    guest.initialize(Feature.VERSION_1 | Feature.RING_RESET, QUEUE_SIZE);
    BlkGuest.Sent lost = Objects.requireNonNull(guest.send(0, IN, 8, new byte[1024]));
    guest.notifyDevice(0);
    guest.send(1, OUT, 16, pattern(1024, 4));
    guest.notifyDevice(1);
    pump();
    assertThat(guest.device.resetQueue(0)).isTrue();
    pump();
    assertThat(guest.device.isQueueResetting(0)).as("a read is in flight").isTrue();
    disk.run(new Random(1), 2);
    pump();
    assertThat(guest.device.isQueueResetting(0)).isFalse();
    assertThat(guest.device.isQueueEnabled(0)).isFalse();
    assertThat(guest.ram.get(JAVA_BYTE, lost.status())).as("forgotten").isEqualTo((byte) 0xee);
    assertThat(guest.ended(0)).isEmpty();
    assertThat(guest.ended(1)).singleElement().matches(ended -> ended.status() == 0);

    GuestRing ring = guest.rings.get(0);
    guest.ram.asSlice(ring.table(), 0x40_0000L).fill((byte) 0);
    GuestRing fresh = GuestRing.of(false, guest.ram, QUEUE_SIZE, false, ring.table());
    guest.rings.set(0, fresh);
    guest.device.queueSize(0, QUEUE_SIZE);
    guest.device.queueAreas(0, fresh.table(), fresh.driverArea(), fresh.deviceArea());
    guest.device.enableQueue(0);
    disk.lazy = false;
    BlkGuest.Ended read = call(IN, 16, new byte[1024]);
    assertThat(read.status()).isZero();
    assertThat(read.data()).isEqualTo(pattern(1024, 4));
    assertThat(disk.faults()).isEmpty();
  }
}
