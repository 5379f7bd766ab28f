package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/**
 * For each check of the host a driver that is wrong in exactly that: the check finds it, and finds
 * nothing else.
 */
class HostChecksTest {
  private static final byte[] BLOCK = new byte[RamDisk.BLOCK];
  private static final Deadlines SHORT =
      new Deadlines(Duration.ofMillis(80), Duration.ofMillis(80));

  /** What is done to a driver. */
  private interface Use {
    void of(BlockHarness disk) throws Exception;
  }

  private static List<String> faultsOf(Function<RamDisk.Opening, BlockDriver> make, Use use)
      throws Exception {
    return faultsOf(BlockHarness.of(RamDisk.factory(make)), use);
  }

  private static List<String> faultsOf(BlockHarness.Builder builder, Use use) throws Exception {
    BlockHarness disk = builder.lenient().open();
    try {
      use.of(disk);
    } catch (HarnessError thrown) {
      assertThat(disk.faults()).isNotEmpty();
    } finally {
      disk.close();
    }
    return disk.faults().stream()
        .map(fault -> fault.clause() + " " + fault.kind().name())
        .distinct()
        .toList();
  }

  private static void writeOne(BlockHarness disk) {
    disk.perform(disk.writing(3, BLOCK));
  }

  private static void readOne(BlockHarness disk) {
    disk.perform(BlockRequest.read(3, 1));
  }

  /** A driver that is wrong in how it serves one request. */
  private abstract static class Wrong extends RamDisk {
    Wrong(RamDisk.Opening opening) {
      super(opening.agreement(), opening.host());
    }
  }

  @Test
  void completesTwice() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        super.serve(queue, tag);
                        host.complete(queue, tag, Status.OK, 0);
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-028 completed-twice");
  }

  @Test
  void completesWhatItWasNeverGiven() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        super.serve(queue, tag);
                        host.complete(queue, agreement.queueDepth() - 1, Status.OK, 0);
                        host.complete(queue, -1, Status.OK, 0);
                        host.complete(99, 0, Status.OK, 0);
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-029 completed-unknown");
  }

  @Test
  void forgetsARequestUntilItsDeadline() throws Exception {
    VirtualClock clock = new VirtualClock();
    BlockHarness.Builder builder =
        BlockHarness.of(
                RamDisk.factory(opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {}
                    }))
            .clock(clock);
    assertThat(
            faultsOf(
                builder,
                disk -> {
                  Submission lost = disk.offer(0, List.of(BlockRequest.read(0, 1))).getFirst();
                  clock.advance(Duration.ofSeconds(29));
                  assertThat(disk.faults()).isEmpty();
                  clock.advance(Duration.ofSeconds(1));
                  assertThatThrownBy(lost::await)
                      .isInstanceOf(HarnessError.class)
                      .hasMessageContaining("did not complete READ block 0 + 1 within 30000 ms")
                      .hasMessageContaining("HostChecksTest.java:");
                }))
        .containsExactly("BLK-028 hung", "BLK-057 forgot");
  }

  @Test
  void forgetsARequestInQuiesceAndInReset() throws Exception {
    Function<RamDisk.Opening, BlockDriver> make =
        opening ->
            new Wrong(opening) {
              @Override
              void serve(int queue, int tag) {}
            };
    assertThat(
            faultsOf(
                make,
                disk -> {
                  disk.offer(0, List.of(BlockRequest.read(0, 1)));
                  disk.quiesce();
                }))
        .containsExactly("DRV-010 forgot", "BLK-057 forgot");
    assertThat(
            faultsOf(
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
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        return super.submit(queue, batch) + 1;
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-030 bad-answer");
  }

  @Test
  void completesWhatItDidNotAccept() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        return super.submit(queue, batch) - 1;
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-029 completed-unknown");
  }

  @Test
  void refusesForEverAndStaysSilent() throws Exception {
    assertThat(
            faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new Wrong(opening) {
                              @Override
                              int submit(int queue, BlockBatch batch) {
                                return 0;
                              }
                            }))
                    .deadlines(SHORT),
                HostChecksTest::writeOne))
        .containsExactly("BLK-033 hung");
  }

  @Test
  void blocksInSubmit() throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    BlockHarness.Builder builder =
        BlockHarness.of(
                RamDisk.factory(opening ->
                    new Wrong(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        HostChecksTest.await(stalled);
                        return super.submit(queue, batch);
                      }
                    }))
            .submitLimit(Duration.ofMillis(50));
    assertThat(
            faultsOf(
                builder.observer(
                    new BlockObserver() {
                      @Override
                      public void faultFound(Fault fault) {
                        stalled.countDown();
                      }
                    }),
                HostChecksTest::writeOne))
        .containsExactly("BLK-031 hung");
  }

  @Test
  void throwsFromSubmit() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        throw new IllegalArgumentException("no");
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("DRV-013 threw");
  }

  @Test
  void usesTheBatchAfterSubmit() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
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
                  writeOne(disk);
                  disk.quiesce();
                }))
        .containsExactly("BLK-034 used-after-submit", "DRV-013 threw");
  }

  @Test
  void readsTheRowAfterCompletion() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
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
                HostChecksTest::writeOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void touchesMemoryThatWasTakenBack() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        MemorySegment memory = host.requests(queue).memory(tag, 0);
                        super.serve(queue, tag);
                        memory.get(ValueLayout.JAVA_BYTE, 0);
                      }
                    },
                HostChecksTest::readOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void writesToMemoryAfterCompletionAndHidesIt() throws Exception {
    assertThat(
            faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new Wrong(opening) {
                              @Override
                              void serve(int queue, int tag) {
                                MemorySegment memory = host.requests(queue).memory(tag, 0);
                                long offset = host.requests(queue).offset(tag, 0);
                                super.serve(queue, tag);
                                memory.set(ValueLayout.JAVA_BYTE, offset + 9, (byte) 1);
                              }
                            }))
                    .memory(LentMemory.POISONED),
                HostChecksTest::readOne))
        .containsExactly("BLK-035 used-after-complete");
  }

  @Test
  void writesBesideItsSegments() throws Exception {
    for (long stray : new long[] {-1, RamDisk.BLOCK}) {
      assertThat(
              faultsOf(
                  opening ->
                      new Wrong(opening) {
                        @Override
                        void carryOut(BlockRequests requests, int tag) {
                          super.carryOut(requests, tag);
                          requests
                              .memory(tag, 0)
                              .set(
                                  ValueLayout.JAVA_BYTE, requests.offset(tag, 0) + stray, (byte) 0);
                        }
                      },
                  HostChecksTest::readOne))
          .containsExactly("BLK-017 stray-write");
    }
  }

  @Test
  void changesTheDataOfAWrite() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void carryOut(BlockRequests requests, int tag) {
                        super.carryOut(requests, tag);
                        requests
                            .memory(tag, 0)
                            .set(ValueLayout.JAVA_BYTE, requests.offset(tag, 0) + 5, (byte) 7);
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-021 stray-write");
  }

  @Test
  void reportsTheWrongNumberOfBytes() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      void serve(int queue, int tag) {
                        host.complete(queue, tag, Status.OK, 1);
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-024 bad-answer");
  }

  @Test
  void leavesAThreadOfTheHosts() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      public void start() {
                        host.newThread("poller", () -> HostChecksTest.await(stop)).start();
                      }
                    },
                disk -> {}))
        .containsExactly("DRV-009 leaked");
    stop.countDown();
  }

  @Test
  void leavesAThreadOfItsOwn() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        Thread.ofPlatform().daemon().start(() -> HostChecksTest.await(stop));
                        return super.submit(queue, batch);
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("DRV-009 leaked");
    stop.countDown();
  }

  @Test
  void leavesATimer() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      public void start() {
                        host.clock().schedule(Duration.ofHours(1), () -> {});
                        host.clock().schedule(Duration.ofHours(1), () -> {}).cancel();
                      }
                    },
                disk -> {}))
        .containsExactly("DRV-009 leaked");
  }

  @Test
  void callsTheHostAfterClose() throws Exception {
    RamDisk.Factory[] holder = new RamDisk.Factory[1];
    BlockHost[] host = new BlockHost[1];
    holder[0] =
        RamDisk.factory(opening -> {
          host[0] = opening.host();
          return new RamDisk(opening.agreement(), opening.host());
        });
    BlockHarness disk = BlockHarness.of(holder[0]).lenient().open();
    disk.close();
    host[0].queueReady(0);
    assertThat(disk.faults()).extracting(Fault::kind).containsExactly(FaultLog.USED_AFTER_CLOSE);
  }

  @Test
  void itsThreadDies() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      public void start() throws DriverException {
                        Thread thread =
                            host.newThread(
                                "worker",
                                () -> {
                                  throw new IllegalStateException("lost");
                                });
                        thread.start();
                        HostChecksTest.join(thread);
                      }
                    },
                disk -> {}))
        .containsExactly("DRV-017 threw");
  }

  @Test
  void resizesWithoutAgreement() throws Exception {
    assertThat(
            faultsOf(
                BlockHarness.of(RamDisk.factory(Growing::new).without(BlockCapabilities.RESIZE)),
                HostChecksTest::writeOne))
        .containsExactly("BLK-064 not-agreed");
  }

  @Test
  void resizesMoreThanTheSize() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Growing(opening) {
                      @Override
                      BlockGeometry grown() {
                        return BlockGeometry.of(BLOCKS + 1, BLOCK).maxSegments(1).build();
                      }
                    },
                HostChecksTest::writeOne))
        .containsExactly("BLK-063 bad-answer");
  }

  /** A driver that grows by a block at its first request. */
  private static class Growing extends Wrong {
    private volatile boolean grown;

    Growing(RamDisk.Opening opening) {
      super(opening);
    }

    BlockGeometry grown() {
      return BlockGeometry.of(BLOCKS + 1, BLOCK).build();
    }

    @Override
    public BlockGeometry geometry() {
      return grown ? grown() : super.geometry();
    }

    @Override
    void serve(int queue, int tag) {
      grown = true;
      host.geometryChanged(grown());
      super.serve(queue, tag);
    }
  }

  @Test
  void changesWhatStaysTheSame() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      private int asked;

                      @Override
                      public BlockGeometry geometry() {
                        return BlockGeometry.of(BLOCKS + asked, BLOCK).build();
                      }

                      @Override
                      public BlockIdentity identity() {
                        return new BlockIdentity("T", "P", "R", "S" + ++asked);
                      }

                      @Override
                      public Migration migration() {
                        return new Migration.Refused("for reason " + asked);
                      }

                      @Override
                      public BlockQueue queue(int index) {
                        return batch -> submit(index, batch);
                      }
                    },
                disk -> {}))
        .containsExactlyInAnyOrder(
            "BLK-014 bad-answer", "DRV-007 bad-answer", "BLK-009 bad-answer", "BLK-015 bad-answer");
  }

  @Test
  void hangsInReset() throws Exception {
    assertThat(
            faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new Wrong(opening) {
                              @Override
                              public CompletionStage<Void> reset() {
                                return new CompletableFuture<>();
                              }
                            }))
                    .deadlines(SHORT),
                BlockHarness::reset))
        .containsExactly("DRV-019 hung");
  }

  @Test
  void hangsInAControlCall() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(
            faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new Wrong(opening) {
                              @Override
                              public void resume() {
                                HostChecksTest.await(never);
                              }
                            }))
                    .deadlines(SHORT),
                disk -> {
                  disk.quiesce();
                  disk.resume();
                }))
        .containsExactly("DRV-019 hung");
  }

  @Test
  void throwsFromCloseFromHealthAndFromAControlCall() throws Exception {
    assertThat(
            faultsOf(
                opening ->
                    new Wrong(opening) {
                      @Override
                      public Health health() {
                        throw new IllegalStateException("unwell");
                      }

                      @Override
                      public CompletionStage<Void> quiesce() {
                        throw new IllegalStateException("busy");
                      }

                      @Override
                      public void close() {
                        throw new IllegalStateException("stuck");
                      }
                    },
                BlockHarness::quiesce))
        .containsExactly("DRV-006 threw", "DRV-013 threw", "DRV-008 threw");
  }

  @Test
  void tellsASecret() throws Exception {
    assertThat(
            faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new Wrong(opening) {
                              @Override
                              public void start() {
                                host.log().log(
                                    System.Logger.Level.INFO, "logging in with {0}", "pa55");
                              }
                            }))
                    .setting("password", "pa55"),
                disk -> assertThat(disk.log()).containsExactly("INFO logging in with pa55")))
        .containsExactly("DRV-015 told-secret");
  }

  @Test
  void takesWhatWasNotOffered() throws Exception {
    RamDisk.Factory greedy =
        new RamDisk.Factory(opening -> new RamDisk(opening.agreement(), opening.host())) {
          @Override
          public BlockAgreement negotiate(BlockOffer offer) {
            return BlockOffer.of(BlockCapabilities.ALL, 8, 8)
                .accept()
                .take(BlockCapabilities.FUA)
                .build();
          }
        };
    assertThat(faultsOf(BlockHarness.of(greedy).offer(BlockOffer.of(Set.of(), 1, 8)), disk -> {}))
        .containsExactly("BLK-001 bad-answer");
  }

  @Test
  void negotiatesDifferentlyEachTime() throws Exception {
    RamDisk.Factory fickle =
        new RamDisk.Factory(opening -> new RamDisk(opening.agreement(), opening.host())) {
          private int asked;

          @Override
          public BlockAgreement negotiate(BlockOffer offer) {
            return offer.accept().queueDepth(++asked).build();
          }
        };
    assertThat(faultsOf(BlockHarness.of(fickle), disk -> {})).containsExactly("BLK-002 bad-answer");
  }

  @Test
  void openThrowsSomethingElseThanADriverException() {
    assertThatThrownBy(() ->
            BlockHarness.open(
                RamDisk.factory(opening -> {
                  throw new IllegalStateException("broken");
                }),
                Map.of()))
        .isInstanceOf(HarnessError.class)
        .hasMessageContaining("open threw java.lang.IllegalStateException: broken");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
