package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;

/** A driver that keeps its contract passes, and gets what it is sent. */
class BlockHarnessTest {
  private static final byte[] BLOCK = random(1, RamDisk.BLOCK);

  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    try (BlockHarness disk = BlockHarness.open(RamDisk.factory(), Map.of())) {
      disk.write(7, BLOCK);
      assertThat(disk.read(7, 1)).isEqualTo(BLOCK);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyOperationAndEveryStatePassesWithoutAFault(LentMemory memory) throws Exception {
    List<LifeCycle.State> states = new ArrayList<>();
    BlockObserver observer =
        new BlockObserver() {
          @Override
          public void entered(LifeCycle.State state) {
            states.add(state);
          }
        };
    BlockHarness disk = BlockHarness.of(RamDisk.factory()).memory(memory).observer(observer).open();
    disk.writeDurably(0, random(2, 4 * RamDisk.BLOCK));
    disk.flush();
    disk.writeZeroes(1, 2);
    disk.discard(3, 1);
    disk.quiesce();
    disk.resume();
    disk.reset();
    assertThat(disk.read(1, 2)).containsOnly(0);
    disk.close();
    assertThat(disk.faults()).isEmpty();
    assertThat(states)
        .containsExactly(
            LifeCycle.State.RUNNING,
            LifeCycle.State.QUIESCING,
            LifeCycle.State.QUIESCED,
            LifeCycle.State.RUNNING,
            LifeCycle.State.RESETTING,
            LifeCycle.State.RUNNING,
            LifeCycle.State.CLOSED);
  }

  @Test
  void segmentsOfAnyLengthAndAlignmentCarryTheSameData() throws Exception {
    byte[] data = random(3, 3 * RamDisk.BLOCK);
    try (BlockHarness disk = BlockHarness.open(RamDisk.factory(), Map.of())) {
      disk.perform(disk.writing(5, data).segments(1, 700, 835).misaligned(3));
      BlockResult read = disk.perform(BlockRequest.read(5, 3).segments(1000, 1, 535).misaligned(1));
      assertThat(read.memory()).isEqualTo(data);
    }
  }

  @Test
  void manyRequestsOnSeveralQueuesAllCompleteAndTheirTagsFitTheDepth() throws Exception {
    BlockOffer offer = BlockOffer.of(BlockCapabilities.ALL, 3, 4);
    try (BlockHarness disk = BlockHarness.of(RamDisk.factory()).offer(offer).open()) {
      List<Submission> all = new ArrayList<>();
      for (int queue = 0; queue < 3; queue++) {
        List<BlockRequest> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          requests.add(disk.writing(queue * 20L + i, random(i, RamDisk.BLOCK)));
        }
        all.addAll(disk.submit(queue, requests));
      }
      assertThat(all).allSatisfy(one -> assertThat(one.await().status()).isEqualTo(Status.OK));
      assertThat(all).allSatisfy(one -> assertThat(one.tag()).isBetween(0, 3));
      assertThat(disk.read(41, 1)).isEqualTo(random(1, RamDisk.BLOCK));
    }
  }

  @Test
  void aStatusOtherThanOkFailsTheSimpleCallsAndIsAnAnswerToTheOthers() throws Exception {
    try (BlockHarness disk = BlockHarness.open(RamDisk.factory(), Map.of())) {
      assertThatThrownBy(() -> disk.read(RamDisk.BLOCKS, 1))
          .isInstanceOf(HarnessError.class)
          .hasMessageContaining(
              "READ block 256 + 1: expected OK, but the driver answered OUT_OF_RANGE");
      BlockResult result = disk.perform(BlockRequest.read(RamDisk.BLOCKS, 1));
      assertThat(result.status()).isEqualTo(Status.OUT_OF_RANGE);
      assertThat(result.memory()).hasSize(RamDisk.BLOCK).containsOnly(BlockHarness.UNTOUCHED);
      byte[] short1 = Arrays.copyOf(BLOCK, 100);
      assertThat(disk.perform(BlockRequest.write(0, 1, short1)).status()).isEqualTo(Status.INVALID);
    }
  }

  @Test
  void closeThrowsWhatWasFoundUnlessLenient() throws Exception {
    RamDisk.Factory wrong =
        RamDisk.factory(opening ->
            new RamDisk(opening.agreement(), opening.host()) {
              @Override
              void serve(int queue, int tag) {
                super.serve(queue, tag);
                host.complete(queue, tag, Status.OK, 0);
              }
            });
    BlockHarness strict = BlockHarness.open(wrong, Map.of());
    strict.write(0, BLOCK);
    assertThatThrownBy(strict::close)
        .isInstanceOf(HarnessError.class)
        .hasMessageContaining("BLK-028 ram queue 0 tag 0");
    BlockHarness lenient = BlockHarness.of(wrong).lenient().open();
    lenient.write(0, BLOCK);
    lenient.close();
    assertThat(lenient.faults())
        .extracting(Fault::kind)
        .containsExactly(Fault.Kind.COMPLETED_TWICE);
  }

  @Test
  void nothingIsOfferedToADriverThatDoesNotRun() throws Exception {
    try (BlockHarness disk = BlockHarness.of(RamDisk.factory()).openOnly()) {
      List<BlockRequest> one = List.of(BlockRequest.flush());
      assertThatThrownBy(() -> disk.offer(0, one)).isInstanceOf(IllegalStateException.class);
      Submission waiting = disk.submit(0, BlockRequest.flush());
      assertThat(waiting.isAccepted()).isFalse();
      disk.start();
      assertThat(waiting.await().isOk()).isTrue();
      disk.quiesce();
      assertThatThrownBy(() -> disk.offer(0, one)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void whatADriverNeverAcceptedEndsAsAbortedByAReset() throws Exception {
    RamDisk.Factory refusing =
        RamDisk.factory(opening ->
            new RamDisk(opening.agreement(), opening.host()) {
              @Override
              int submit(int queue, BlockBatch batch) {
                return 0;
              }
            });
    try (BlockHarness disk = BlockHarness.open(refusing, Map.of())) {
      Submission refused = disk.submit(0, BlockRequest.flush());
      disk.reset();
      assertThat(refused.await().status()).isEqualTo(Status.ABORTED);
      assertThat(refused.isAccepted()).isFalse();
    }
  }

  @Test
  void aRequestThatNeedsMoreMemoryThanThereIsTakesItsSegmentsInstead() throws Exception {
    try (BlockHarness disk = BlockHarness.open(RamDisk.factory(), Map.of())) {
      BlockRequest endless = BlockRequest.read(0, Integer.MAX_VALUE);
      assertThatThrownBy(() -> disk.perform(endless))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give it shorter segments");
      assertThat(disk.perform(endless.segments(512)).status()).isEqualTo(Status.OUT_OF_RANGE);
    }
  }
}
