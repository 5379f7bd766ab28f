package org.tenon.hv.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tenon.hv.virtio.DeviceStatus.ACKNOWLEDGE;
import static org.tenon.hv.virtio.DeviceStatus.DEVICE_NEEDS_RESET;
import static org.tenon.hv.virtio.DeviceStatus.DRIVER;
import static org.tenon.hv.virtio.DeviceStatus.DRIVER_OK;
import static org.tenon.hv.virtio.DeviceStatus.FAILED;
import static org.tenon.hv.virtio.DeviceStatus.FEATURES_OK;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;

/** The steps of VIRTIO 1.2, 3.1.1, in order and out of it. */
class VirtioDeviceTest {
  private static final long OWN_FEATURE = 1 << 3;
  private static final long MODEL_REFUSES = 1 << 4;

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private final List<String> heard = new ArrayList<>();
  private final Model model = new Model();
  private final VirtioDevice device = new VirtioDevice(model, memory, interrupts());

  private Interrupts interrupts() {
    return new Interrupts() {
      @Override
      public void queue(int index) {
        heard.add("interrupt " + index);
      }

      @Override
      public void config() {
        heard.add("config interrupt");
      }
    };
  }

  @AfterEach
  void release() {
    memory.close();
  }

  private final class Model implements DeviceModel {
    private CompletionStage<Void> stopped = CompletableFuture.completedStage(null);
    private @Nullable DeviceEvents events;

    DeviceEvents events() {
      return Objects.requireNonNull(events, "the device was not started");
    }

    @Override
    public int type() {
      return 42;
    }

    @Override
    public long features() {
      return OWN_FEATURE | MODEL_REFUSES;
    }

    @Override
    public boolean accepts(long accepted) {
      return (accepted & MODEL_REFUSES) == 0;
    }

    @Override
    public int queueCount() {
      return 2;
    }

    @Override
    public int maxQueueSize() {
      return 16;
    }

    @Override
    public void agreed(long features) {
      heard.add("agreed " + Long.toHexString(features));
    }

    @Override
    public void start(List<@Nullable Virtqueue> queues, DeviceEvents events) {
      this.events = events;
      heard.add("start " + queues.stream().map(q -> q == null ? 0 : q.size()).toList());
    }

    @Override
    public void notified(int queue) {
      heard.add("notified " + queue);
    }

    @Override
    public CompletionStage<Void> stop() {
      heard.add("stop");
      return stopped;
    }

    @Override
    public CompletionStage<Void> stopQueue(int queue) {
      heard.add("stop " + queue);
      return stopped;
    }

    @Override
    public void startQueue(int queue, Virtqueue ring) {
      heard.add("start %d of %d".formatted(queue, ring.size()));
    }

    @Override
    public List<@Nullable QueueState> positions() {
      return Arrays.asList(QueueState.initial(false, 8, 0x1000, 0x2000, 0x3000), null);
    }

    @Override
    public int configSize() {
      return 4;
    }

    @Override
    public int readConfig(int offset) {
      return 0xf0 + offset;
    }

    @Override
    public void writeConfig(int offset, int value) {
      heard.add("config " + offset + "=" + value);
    }
  }

  private void negotiate(long features) {
    device.status(ACKNOWLEDGE);
    device.status(ACKNOWLEDGE | DRIVER);
    device.driverFeatures(features);
    device.status(ACKNOWLEDGE | DRIVER | FEATURES_OK);
  }

  private void bringUp() {
    negotiate(Feature.VERSION_1);
    device.queueSize(0, 8);
    device.queueAreas(0, 0x1000, 0x2000, 0x3000);
    device.enableQueue(0);
    device.status(device.status() | DRIVER_OK);
  }

  @Test
  void orderlyBringUpStartsTheModel() {
    bringUp();
    assertThat(device.status()).isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    device.notifyQueue(0);
    assertThat(heard).containsExactly("agreed 100000000", "start [8, 0]", "notified 0");
  }

  @Test
  void featuresAreRefusedByLeavingTheBitClear() {
    long[] refused = {
      0,
      OWN_FEATURE,
      Feature.VERSION_1 | 1,
      Feature.VERSION_1 | 1L << 63,
      Feature.VERSION_1 | MODEL_REFUSES
    };
    for (long features : refused) {
      device.status(0);
      negotiate(features);
      assertThat(device.status()).as("%x", features).isEqualTo(ACKNOWLEDGE | DRIVER);
    }
    negotiate(Feature.VERSION_1 | OWN_FEATURE);
    assertThat(device.status() & FEATURES_OK).as("another attempt").isNotZero();
  }

  @Test
  void agreedFeaturesAreFrozen() {
    negotiate(Feature.VERSION_1);
    device.driverFeatures(Feature.VERSION_1 | OWN_FEATURE);
    assertThat(device.driverFeatures()).isEqualTo(Feature.VERSION_1);
  }

  @Test
  void stepsOutOfOrderAreNotTaken() {
    device.status(FEATURES_OK);
    assertThat(device.status()).as("before DRIVER").isZero();
    device.status(DRIVER_OK);
    assertThat(device.status()).as("before FEATURES_OK").isZero();
    device.driverFeatures(Feature.VERSION_1);
    assertThat(device.driverFeatures()).as("before DRIVER").isZero();
    device.status(DEVICE_NEEDS_RESET);
    assertThat(device.status()).as("the device's own bit").isZero();
    device.queueAreas(0, 0x1000, 0x2000, 0x3000);
    device.enableQueue(0);
    assertThat(device.isQueueEnabled(0)).as("before FEATURES_OK").isFalse();
    device.notifyQueue(0);
    assertThat(heard).isEmpty();
  }

  @Test
  void statusBitsAreNeverClearedButByReset() {
    bringUp();
    device.status(ACKNOWLEDGE);
    assertThat(device.status()).isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
  }

  @ParameterizedTest
  @CsvSource({
    "0x1001, 0x2000, 0x3000, 8",
    "0x1000, 0x2001, 0x3000, 8",
    "0x1000, 0x2000, 0x3002, 8",
    "0x1000, 0x2000, 0x3000, 7",
    "0x100000, 0x2000, 0x3000, 8",
    "0x1000, 0xfffff, 0x3000, 8",
    "0x1000, 0x2000, 0xffffc, 8",
    "-16, 0x2000, 0x3000, 8",
    "0x1000, 0x2000, 0x7ffffffffffffffc, 8"
  })
  void queueThatCannotRunNeedsAReset(String table, String driver, String used, int size) {
    negotiate(Feature.VERSION_1);
    device.queueSize(0, size);
    device.queueAreas(0, Long.decode(table), Long.decode(driver), Long.decode(used));
    device.enableQueue(0);
    device.status(device.status() | DRIVER_OK);
    assertThat(device.status() & DEVICE_NEEDS_RESET).isNotZero();
    assertThat(heard).contains("config interrupt").doesNotContain("start [8, 0]");
    device.notifyQueue(0);
    assertThat(heard).doesNotContain("notified 0");
    device.status(0);
    assertThat(device.status()).isZero();
    bringUp();
    assertThat(device.status() & DEVICE_NEEDS_RESET).isZero();
  }

  @Test
  void queueRegistersIgnoreWhatTheyCannotHold() {
    negotiate(Feature.VERSION_1);
    for (int size : new int[] {0, -1, 17, 65536}) {
      device.queueSize(0, size);
      assertThat(device.queueSize(0)).isEqualTo(16);
    }
    device.queueSize(2, 8);
    device.queueAreas(-1, 0, 0, 0);
    device.enableQueue(2);
    assertThat(device.queueSize(2)).isZero();
    assertThat(device.maxQueueSize(-1)).isZero();
    assertThat(device.isQueueEnabled(2)).isFalse();
  }

  @Test
  void needsResetStopsTheModelAndTellsTheDriverOnce() {
    bringUp();
    heard.clear();
    model.events().needsReset("test");
    model.events().needsReset("test");
    assertThat(heard).containsExactly("stop", "config interrupt");
    assertThat(device.status() & DEVICE_NEEDS_RESET).isNotZero();
    model.events().used(0);
    device.notifyQueue(0);
    assertThat(heard).hasSize(2);
  }

  @Test
  void aReportThatAResetHasOvertakenIsDropped() {
    bringUp();
    DeviceEvents before = model.events();
    device.status(0);
    before.needsReset("a ring of the life before");
    assertThat(device.status()).isZero();
    bringUp();
    heard.clear();
    before.needsReset("a ring of the life before");
    before.used(0);
    assertThat(device.status() & DEVICE_NEEDS_RESET).isZero();
    assertThat(heard).isEmpty();
  }

  @Test
  void failedDriverIsServedNoMore() {
    bringUp();
    device.status(device.status() | FAILED);
    assertThat(heard).contains("stop");
    device.notifyQueue(0);
    assertThat(heard).doesNotContain("notified 0");
    assertThat(device.status() & FAILED).isNotZero();
  }

  @Test
  void statusReadsZeroOnlyWhenTheResetIsOver() {
    bringUp();
    CompletableFuture<Void> stopping = new CompletableFuture<>();
    model.stopped = stopping;
    device.status(0);
    assertThat(device.status()).isNotZero();
    device.status(ACKNOWLEDGE);
    device.notifyQueue(0);
    assertThat(heard).doesNotContain("notified 0");
    stopping.complete(null);
    assertThat(device.status()).isZero();
    assertThat(device.isQueueEnabled(0)).isFalse();
    assertThat(device.queueSize(0)).isEqualTo(16);
    assertThat(device.driverFeatures()).isZero();
  }

  private void bringUpWithQueueReset() {
    negotiate(Feature.VERSION_1 | Feature.RING_RESET);
    device.queueSize(0, 8);
    device.queueAreas(0, 0x1000, 0x2000, 0x3000);
    device.enableQueue(0);
    device.status(device.status() | DRIVER_OK);
    heard.clear();
  }

  /** 2.6.1: queue_enable stays until the reset is over; then the queue may be set up anew. */
  @Test
  void oneQueueIsResetAndEnabledAgain() {
    bringUpWithQueueReset();
    CompletableFuture<Void> stopping = new CompletableFuture<>();
    model.stopped = stopping;
    assertThat(device.resetQueue(0)).isTrue();
    assertThat(device.resetQueue(0)).as("it is under way").isFalse();
    assertThat(device.isQueueResetting(0)).isTrue();
    assertThat(device.isQueueEnabled(0)).isTrue();
    device.queueSize(0, 4);
    assertThat(device.queueSize(0)).as("not yet").isEqualTo(8);
    assertThat(device.state().queues().getFirst().resetting()).isTrue();
    stopping.complete(null);
    assertThat(device.isQueueResetting(0)).isFalse();
    assertThat(device.isQueueEnabled(0)).isFalse();
    assertThat(device.queueSize(0)).isEqualTo(16);
    assertThat(device.queueArea(0, QueueArea.DESCRIPTOR)).isZero();
    device.queueSize(0, 4);
    device.queueAreas(0, 0x4000, 0x5000, 0x6000);
    device.enableQueue(0);
    assertThat(heard).containsExactly("stop 0", "start 0 of 4");
    assertThat(device.status() & DEVICE_NEEDS_RESET).isZero();
  }

  @Test
  void aQueueThatComesBackBrokenNeedsAReset() {
    bringUpWithQueueReset();
    device.resetQueue(0);
    device.queueAreas(0, 0x4001, 0x5000, 0x6000);
    device.enableQueue(0);
    assertThat(device.status() & DEVICE_NEEDS_RESET).isNotZero();
    assertThat(heard).containsExactly("stop 0", "stop", "config interrupt");
  }

  @Test
  void queuesAreNotResetWhereThatWasNotAgreedOrTheyDoNotRun() {
    bringUp();
    assertThat(device.resetQueue(0)).as("not agreed").isFalse();
    device.enableQueue(1);
    assertThat(device.isQueueEnabled(1)).as("too late").isFalse();
    device.status(0);
    bringUpWithQueueReset();
    assertThat(device.resetQueue(1)).as("not enabled").isFalse();
    assertThat(device.resetQueue(2)).as("no such queue").isFalse();
    device.status(device.status() | FAILED);
    assertThat(device.resetQueue(0)).as("nothing runs").isFalse();
  }

  @Test
  void aResetOfTheDeviceOvertakesThatOfAQueue() {
    bringUpWithQueueReset();
    CompletableFuture<Void> slow = new CompletableFuture<>();
    model.stopped = slow;
    device.resetQueue(0);
    model.stopped = CompletableFuture.completedStage(null);
    device.status(0);
    assertThat(device.isQueueResetting(0)).isFalse();
    bringUpWithQueueReset();
    slow.complete(null);
    assertThat(device.isQueueEnabled(0)).as("the new life's queue").isTrue();
  }

  @Test
  void savedDeviceGoesOnAnotherOfItsMake() {
    bringUp();
    VirtioState saved = device.state();
    VirtioDevice other = new VirtioDevice(new Model(), memory, interrupts());
    heard.clear();
    other.restore(saved);
    assertThat(heard).containsExactly("start [8, 0]");
    assertThat(other.state()).isEqualTo(saved);
    other.notifyQueue(0);
    assertThat(heard).contains("notified 0");
  }

  @Test
  void stateThatIsNotTheDevicesIsRefused() {
    bringUp();
    VirtioState saved = device.state();
    VirtioState.Queue queue = saved.queues().getFirst();
    List<VirtioState> refused =
        List.of(
            new VirtioState(saved.status(), saved.driverFeatures(), 0, List.of(queue)),
            new VirtioState(saved.status(), saved.driverFeatures() | 1, 0, saved.queues()),
            new VirtioState(saved.status(), saved.driverFeatures(), 0, List.of(queue, outside())));
    for (VirtioState state : refused) {
      VirtioDevice other = new VirtioDevice(new Model(), memory, interrupts());
      assertThatThrownBy(() -> other.restore(state)).isInstanceOf(IllegalArgumentException.class);
      assertThat(other.status()).isZero();
    }
    assertThatThrownBy(() -> new VirtioState(DRIVER_OK, 0, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new VirtioState(32, 0, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static VirtioState.Queue outside() {
    QueueState running = QueueState.initial(false, 8, 1L << 40, 0x2000, 0x3000);
    return new VirtioState.Queue(8, 1L << 40, 0x2000, 0x3000, true, false, Optional.of(running));
  }

  @Test
  void configurationIsReadAtAnyTimeAndBounded() {
    assertThat(device.readConfig(0)).isEqualTo(0xf0);
    assertThat(device.readConfig(3)).isEqualTo(0xf3);
    assertThat(device.readConfig(4)).isZero();
    assertThat(device.readConfig(-1)).isZero();
    device.writeConfig(4, 1);
    device.writeConfig(2, 0x1ff);
    assertThat(heard).containsExactly("config 2=255");
    bringUp();
    device.status(0);
    int before = device.configGeneration();
    model.events().configChanged();
    assertThat(device.configGeneration()).isNotEqualTo(before);
    assertThat(heard).as("nobody listens before DRIVER_OK").doesNotContain("config interrupt");
  }
}
