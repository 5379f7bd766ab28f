package org.tenon.hv.virtio.balloon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tenon.hv.virtio.LoopRig.DATA;
import static org.tenon.hv.virtio.LoopRig.writable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.LoopRig;

/** A balloon before a driver. */
class BalloonDeviceTest {
  private static final int QUEUE_SIZE = 8;
  private static final int PAGE = BalloonDevice.PAGE;
  private static final long PAGES = DATA + 0x100000;
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int REPORTING = 4;
  private static final long ALL = 0x3a;

  private final LoopRig<BalloonDevice> rig = rig();

  private static LoopRig<BalloonDevice> rig() {
    return new LoopRig<>(
        (memory, handoffs) -> new BalloonDevice(memory, false, QUEUE_SIZE, handoffs));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void fill() {
    rig.ram.asSlice(PAGES, 64L * PAGE).fill((byte) 7);
  }

  private boolean isGone(int page) {
    byte[] content = rig.bytes(PAGES + (long) page * PAGE, PAGE);
    for (byte value : content) {
      assertThat(value).isEqualTo(content[0]);
    }
    return content[0] == 0;
  }

  private static byte[] frames(long... numbers) {
    ByteBuffer all = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long number : numbers) {
      all.putInt((int) number);
    }
    return all.array();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Feature.EVENT_IDX, Feature.RING_PACKED})
  void pagesThatAreGivenUpLoseWhatTheyHold(long features) {
    rig.initialize(features | ALL, QUEUE_SIZE);
    fill();
    long first = PAGES / PAGE;
    rig.offer(
        INFLATE,
        rig.readable(DATA, frames(first + 9, first + 8, first + 3, 0xffff_ffffL, first + 20)));
    rig.settle();
    assertThat(rig.rings.get(INFLATE).takeUsed()).isNotNull();
    for (int i = 0; i < 64; i++) {
      assertThat(isGone(i)).as("page %d", i).isEqualTo(i == 8 || i == 9 || i == 3 || i == 20);
    }
    rig.offer(DEFLATE, rig.readable(DATA, frames(first + 9)));
    rig.settle();
    assertThat(rig.rings.get(DEFLATE).takeUsed()).isNotNull();
  }

  @Test
  void theTargetIsTheDevicesAndTheSizeTheDrivers() {
    rig.initialize(ALL, QUEUE_SIZE);
    rig.model.setTarget(5L * PAGE - 1);
    assertThat(rig.interrupts).containsExactly(-1);
    assertThat(rig.config(0, 4)).isEqualTo(5);
    rig.device.writeConfig(0, 77);
    rig.device.writeConfig(4, 0x34);
    rig.device.writeConfig(5, 0x12);
    assertThat(rig.config(0, 4)).isEqualTo(5);
    assertThat(rig.model.target()).isEqualTo(5L * PAGE);
    assertThat(rig.model.actual()).isEqualTo(0x1234L * PAGE);
    assertThatThrownBy(() -> rig.model.setTarget(rig.memory.size() + 1))
        .hasMessageContaining("a balloon takes 0 to 16777216 bytes from this guest");
  }

  @Test
  void reportedPagesAreTakenUnlessTheGuestFillsThem() {
    rig.initialize(ALL, QUEUE_SIZE);
    fill();
    rig.offer(
        REPORTING, writable(PAGES + 2 * PAGE, 3 * PAGE), writable(PAGES + 10 * PAGE - 1, 2 * PAGE));
    rig.settle();
    for (int i = 0; i < 64; i++) {
      assertThat(rig.ram.get(JAVA_BYTE, PAGES + (long) i * PAGE))
          .as("page %d", i)
          .isEqualTo((byte) (i == 2 || i == 3 || i == 4 || i == 10 ? 0 : 7));
    }
    assertThat(rig.ram.get(JAVA_BYTE, PAGES + 10 * PAGE - 1)).isEqualTo((byte) 7);
    rig.device.writeConfig(12, 0xaa);
    rig.offer(REPORTING, writable(PAGES + 20 * PAGE, PAGE));
    rig.settle();
    assertThat(rig.rings.get(REPORTING).drain()).isEqualTo(2);
    assertThat(isGone(20)).isFalse();
  }

  private static byte[] statistics(int tag, long value, int other, long otherValue) {
    return ByteBuffer.allocate(20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) tag)
        .putLong(value)
        .putShort((short) other)
        .putLong(otherValue)
        .array();
  }

  @Test
  void statisticsComeWhenTheyAreAskedFor() {
    rig.initialize(ALL, QUEUE_SIZE);
    rig.offer(STATISTICS, rig.readable(DATA, statistics(4, 1000, 5, 2000)));
    rig.settle();
    assertThat(rig.rings.get(STATISTICS).takeUsed()).as("the driver's buffer waits").isNull();
    assertThat(rig.model.statistics())
        .isEqualTo(Map.of(BalloonStatistic.FREE, 1000L, BalloonStatistic.TOTAL, 2000L));
    rig.model.askForStatistics();
    rig.settle();
    assertThat(rig.rings.get(STATISTICS).takeUsed()).isNotNull();
    rig.offer(STATISTICS, rig.readable(DATA, statistics(4, 900, 60000, 1)));
    rig.settle();
    assertThat(rig.model.statistics()).containsEntry(BalloonStatistic.FREE, 900L).hasSize(2);
    assertThat(rig.rings.get(STATISTICS).takeUsed()).isNull();
  }

  @Test
  void aRestoredBalloonHoldsTheBufferOfStatistics() throws StateException {
    rig.initialize(ALL, QUEUE_SIZE);
    rig.model.setTarget(3 * PAGE);
    rig.offer(STATISTICS, rig.readable(DATA, statistics(4, 1000, 5, 2000)));
    rig.settle();
    StateWriter out = new StateWriter();
    rig.device.save(out);
    try (LoopRig<BalloonDevice> next = rig()) {
      next.ram.copyFrom(rig.ram);
      next.device.restore(new StateReader(ByteBuffer.wrap(out.toBytes())));
      assertThat(next.model.target()).isEqualTo(3 * PAGE);
      next.model.askForStatistics();
      next.settle();
      rig.ram.copyFrom(next.ram);
      assertThat(rig.rings.get(STATISTICS).takeUsed()).isNotNull();
    }
  }
}
