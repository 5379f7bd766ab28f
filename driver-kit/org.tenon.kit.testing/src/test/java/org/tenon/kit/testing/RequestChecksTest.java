package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockRequests;

/**
 * For each check of a request a driver that is wrong in exactly that: it is found, and nothing else
 * is.
 */
class RequestChecksTest {
  @Test
  void completesTwice() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        super.serve(queue, tag);
                        host.complete(queue, tag, Status.OK, 0);
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-028 completed-twice");
  }

  @Test
  void completesWhatItWasNeverGiven() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        super.serve(queue, tag);
                        host.complete(queue, agreement.queueDepth() - 1, Status.OK, 0);
                        host.complete(queue, -1, Status.OK, 0);
                        host.complete(99, 0, Status.OK, 0);
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-029 completed-unknown");
  }

  @Test
  void forgetsARequestUntilItsDeadline() throws Exception {
    VirtualClock clock = new VirtualClock();
    BlockHarness.Builder builder =
        BlockHarness.of(
                RamDisk.factory(opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {}
                    }))
            .clock(clock);
    assertThat(
            WrongDriver.faultsOf(
                builder,
                disk -> {
                  Submission lost = disk.offer(0, List.of(BlockRequest.read(0, 1))).getFirst();
                  clock.advance(Duration.ofSeconds(29));
                  assertThat(disk.faults()).isEmpty();
                  clock.advance(Duration.ofSeconds(1));
                  assertThatThrownBy(lost::await)
                      .isInstanceOf(HarnessError.class)
                      .hasMessageContaining("did not complete READ block 0 + 1 within 30000 ms")
                      .hasMessageContaining("RequestChecksTest.java:");
                }))
        .containsExactly("BLK-028 hung", "BLK-057 forgot");
  }

  @Test
  void forgetsARequestInQuiesceAndInReset() throws Exception {
    Function<RamDisk.Opening, BlockDriver> make =
        opening ->
            new WrongDriver(opening) {
              @Override
              void serve(int queue, int tag) {}
            };
    assertThat(
            WrongDriver.faultsOf(
                make,
                disk -> {
                  disk.offer(0, List.of(BlockRequest.read(0, 1)));
                  disk.quiesce();
                }))
        .containsExactly("DRV-010 forgot", "BLK-057 forgot");
    assertThat(
            WrongDriver.faultsOf(
                make,
                disk -> {
                  disk.offer(0, List.of(BlockRequest.read(0, 1)));
                  disk.reset();
                }))
        .containsExactly("DRV-012 forgot", "BLK-057 forgot");
  }

  @Test
  void answersOutsideTheBatch() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        return super.submit(queue, batch) + 1;
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-030 bad-answer");
  }

  @Test
  void completesWhatItDidNotAccept() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        return super.submit(queue, batch) - 1;
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-029 completed-unknown");
  }

  @Test
  void refusesForEverAndStaysSilent() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new WrongDriver(opening) {
                              @Override
                              int submit(int queue, BlockBatch batch) {
                                return 0;
                              }
                            }))
                    .deadlines(WrongDriver.SHORT),
                WrongDriver::writeOne))
        .containsExactly("BLK-033 hung");
  }

  @Test
  void blocksInSubmit() throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    BlockHarness.Builder builder =
        BlockHarness.of(
                RamDisk.factory(opening ->
                    new WrongDriver(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        WrongDriver.await(stalled);
                        return super.submit(queue, batch);
                      }
                    }))
            .submitLimit(Duration.ofMillis(50));
    assertThat(
            WrongDriver.faultsOf(
                builder.observer(
                    new BlockObserver() {
                      @Override
                      public void faultFound(Fault fault) {
                        stalled.countDown();
                      }
                    }),
                WrongDriver::writeOne))
        .containsExactly("BLK-031 hung");
  }

  @Test
  void throwsFromSubmit() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        throw new IllegalArgumentException("no");
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("DRV-013 threw");
  }

  @Test
  void usesTheBatchAfterSubmit() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      private BlockBatch kept = new NoBatch();

                      @Override
                      int submit(int queue, BlockBatch batch) {
                        kept = batch;
                        return super.submit(queue, batch);
                      }

                      @Override
                      public CompletionStage<Void> quiesce() {
                        kept.tag(0);
                        return super.quiesce();
                      }
                    },
                disk -> {
                  WrongDriver.writeOne(disk);
                  disk.quiesce();
                }))
        .containsExactly("BLK-034 used-after-submit", "DRV-013 threw");
  }

  @Test
  void readsTheRowAfterCompletion() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        BlockRequests requests = host.requests(queue);
                        super.serve(queue, tag);
                        try {
                          requests.blocks(tag);
                        } catch (IllegalStateException swallowed) {
                          // A driver may hide it; the host has seen it all the same.
                        }
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void touchesMemoryThatWasTakenBack() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        MemorySegment memory = host.requests(queue).memory(tag, 0);
                        super.serve(queue, tag);
                        memory.get(ValueLayout.JAVA_BYTE, 0);
                      }
                    },
                WrongDriver::readOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void writesToMemoryAfterCompletionAndHidesIt() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new WrongDriver(opening) {
                              @Override
                              void serve(int queue, int tag) {
                                MemorySegment memory = host.requests(queue).memory(tag, 0);
                                long offset = host.requests(queue).offset(tag, 0);
                                super.serve(queue, tag);
                                memory.set(ValueLayout.JAVA_BYTE, offset + 9, (byte) 1);
                              }
                            }))
                    .memory(LentMemory.POISONED),
                WrongDriver::readOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void writesBesideItsSegments() throws Exception {
    for (long stray : new long[] {-1, RamDisk.BLOCK}) {
      assertThat(
              WrongDriver.faultsOf(
                  opening ->
                      new WrongDriver(opening) {
                        @Override
                        void carryOut(BlockRequests requests, int tag) {
                          super.carryOut(requests, tag);
                          requests
                              .memory(tag, 0)
                              .set(
                                  ValueLayout.JAVA_BYTE, requests.offset(tag, 0) + stray, (byte) 0);
                        }
                      },
                  WrongDriver::readOne))
          .containsExactly("BLK-017 stray-write");
    }
  }

  @Test
  void changesTheDataOfAWrite() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void carryOut(BlockRequests requests, int tag) {
                        super.carryOut(requests, tag);
                        requests
                            .memory(tag, 0)
                            .set(ValueLayout.JAVA_BYTE, requests.offset(tag, 0) + 5, (byte) 7);
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-021 stray-write");
  }

  @Test
  void reportsTheWrongNumberOfBytes() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        host.complete(queue, tag, Status.OK, 1);
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-024 bad-answer");
  }

  /** A batch that nobody offered. */
  private record NoBatch() implements BlockBatch {
    @Override
    public int size() {
      return 0;
    }

    @Override
    public int tag(int index) {
      return 0;
    }
  }
}
