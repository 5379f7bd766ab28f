package org.tenon.hv.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Status;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.Interrupts;
import org.tenon.hv.virtio.VirtioDevice;
import org.tenon.spi.block.BlockGeometry;

/** The device on threads of its own; the guest waits for interrupts. */
@Timeout(60)
class BlkThreadsTest {
  private static final int OUT = 1;

  private final LinkedBlockingQueue<Integer> interrupts = new LinkedBlockingQueue<>();
  private final Interrupts lines =
      new Interrupts() {
        @Override
        public void queue(int index) {
          interrupts.add(index);
        }

        @Override
        public void config() {}
      };

  private static GuestMemory ram() {
    return GuestMemory.allocate(RamLayout.flat(64 << 20));
  }

  private List<BlkGuest.Ended> await(BlkGuest guest, int count) throws InterruptedException {
    List<BlkGuest.Ended> all = new ArrayList<>(guest.ended(0));
    while (all.size() < count) {
      guest.wantInterrupt(0);
      all.addAll(guest.ended(0));
      if (all.size() < count) {
        var _ = interrupts.take();
        all.addAll(guest.ended(0));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestsGoRound(boolean packed) throws InterruptedException {
    RamDisk disk = new RamDisk(BlockGeometry.of(512, 512).build());
    try (GuestMemory memory = ram();
        BlkThreads served = new BlkThreads("disk0", disk.attach(memory), 64)) {
      VirtioDevice device = new VirtioDevice(served.device(), memory, lines);
      BlkGuest guest = new BlkGuest(device, memory, new Random(1));
      guest.initialize(
          Feature.VERSION_1 | Feature.EVENT_IDX | (packed ? Feature.RING_PACKED : 0), 64);
      for (int round = 0; round < 300; round++) {
        int sent = 0;
        for (int i = 0; i <= round % 4; i++) {
          if (guest.send(0, OUT, (round * 4L + i) % 500, new byte[512]) != null) {
            sent++;
          }
        }
        guest.notifyDevice(0);
        assertThat(await(guest, sent)).hasSize(sent).allMatch(ended -> ended.status() == 0);
      }
      device.status(0);
      disk.detach();
    }
  }

  @Test
  void threadThatTheDriverKeepsIsReplacedAndOthersDoNotNotice() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    RamDisk bad = new RamDisk(BlockGeometry.of(512, 512).build());
    RamDisk good = new RamDisk(BlockGeometry.of(512, 512).build());
    try (GuestMemory memory = ram();
        GuestMemory otherMemory = ram();
        BlkThreads served = new BlkThreads("disk0", bad.attach(memory), 64);
        BlkThreads other = new BlkThreads("disk1", good.attach(otherMemory), 64)) {
      VirtioDevice device = new VirtioDevice(served.device(), memory, lines);
      BlkGuest guest = new BlkGuest(device, memory, new Random(1));
      guest.initialize(Feature.VERSION_1, 64);
      VirtioDevice otherDevice = new VirtioDevice(other.device(), otherMemory, lines);
      BlkGuest otherGuest = new BlkGuest(otherDevice, otherMemory, new Random(1));
      otherGuest.initialize(Feature.VERSION_1, 64);
      bad.onSubmit =
          () -> {
            entered.countDown();
            keep(leave);
          };
      guest.send(0, OUT, 0, new byte[512]);
      guest.notifyDevice(0);
      entered.await();
      bad.host.complete(0, 15, Status.OK, 0);
      assertThat(await(guest, 1)).allMatch(ended -> ended.status() == 1);
      guest.send(0, OUT, 0, new byte[512]);
      guest.notifyDevice(0);
      assertThat(await(guest, 1)).as("later ones").allMatch(ended -> ended.status() == 1);
      otherGuest.send(0, OUT, 0, new byte[512]);
      otherGuest.notifyDevice(0);
      assertThat(await(otherGuest, 1)).allMatch(ended -> ended.status() == 0);
      leave.countDown();
      BlockAttachment next = freshDisk().attach(memory);
      served.attach(next);
      guest.send(0, OUT, 0, new byte[512]);
      guest.notifyDevice(0);
      assertThat(await(guest, 1)).allMatch(ended -> ended.status() == 0);
      device.status(0);
      otherDevice.status(0);
      var _ = next.close();
      good.detach();
    }
  }

  private static RamDisk freshDisk() {
    return new RamDisk(BlockGeometry.of(512, 512).build());
  }

  private static void keep(CountDownLatch latch) {
    boolean waiting = true;
    while (waiting) {
      try {
        latch.await();
        waiting = false;
      } catch (InterruptedException e) {
        // A driver that ignores it is the point of the test.
      }
    }
  }
}
