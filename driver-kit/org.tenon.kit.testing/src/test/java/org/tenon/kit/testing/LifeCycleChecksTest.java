package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Config;
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

/**
 * For each check of a driver's life a driver that is wrong in exactly that: it is found, and
 * nothing else is.
 */
class LifeCycleChecksTest {
  @Test
  void leavesAThreadOfTheHosts() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      public void start() {
                        host.newThread("poller", () -> WrongDriver.await(stop)).start();
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
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      int submit(int queue, BlockBatch batch) {
                        Thread.ofPlatform().daemon().start(() -> WrongDriver.await(stop));
                        return super.submit(queue, batch);
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("DRV-009 leaked");
    stop.countDown();
  }

  @Test
  void leavesATimer() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
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
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
                      @Override
                      public void start() throws DriverException {
                        Thread thread =
                            host.newThread(
                                "worker",
                                () -> {
                                  throw new IllegalStateException("lost");
                                });
                        thread.start();
                        WrongDriver.join(thread);
                      }
                    },
                disk -> {}))
        .containsExactly("DRV-017 threw");
  }

  @Test
  void resizesWithoutAgreement() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                BlockHarness.of(RamDisk.factory(Growing::new).without(BlockCapabilities.RESIZE)),
                WrongDriver::writeOne))
        .containsExactly("BLK-064 not-agreed");
  }

  @Test
  void resizesMoreThanTheSize() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new Growing(opening) {
                      @Override
                      BlockGeometry grown() {
                        return BlockGeometry.of(BLOCKS + 1, BLOCK).maxSegments(1).build();
                      }
                    },
                WrongDriver::writeOne))
        .containsExactly("BLK-063 bad-answer");
  }

  /** A driver that grows by a block at its first request. */
  private static class Growing extends WrongDriver {
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
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
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
            WrongDriver.faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new WrongDriver(opening) {
                              @Override
                              public CompletionStage<Void> reset() {
                                return new CompletableFuture<>();
                              }
                            }))
                    .deadlines(WrongDriver.SHORT),
                BlockHarness::reset))
        .containsExactly("DRV-019 hung");
  }

  @Test
  void hangsInAControlCall() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(
            WrongDriver.faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new WrongDriver(opening) {
                              @Override
                              public void resume() {
                                WrongDriver.await(never);
                              }
                            }))
                    .deadlines(WrongDriver.SHORT),
                disk -> {
                  disk.quiesce();
                  disk.resume();
                }))
        .containsExactly("DRV-019 hung");
  }

  @Test
  void throwsFromCloseFromHealthAndFromAControlCall() throws Exception {
    assertThat(
            WrongDriver.faultsOf(
                opening ->
                    new WrongDriver(opening) {
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
            WrongDriver.faultsOf(
                BlockHarness.of(
                        RamDisk.factory(opening ->
                            new WrongDriver(opening) {
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
    assertThat(
            WrongDriver.faultsOf(
                BlockHarness.of(greedy).offer(BlockOffer.of(Set.of(), 1, 8)), disk -> {}))
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
    assertThat(WrongDriver.faultsOf(BlockHarness.of(fickle), disk -> {}))
        .containsExactly("BLK-002 bad-answer");
  }

  @Test
  void aDriverThatCannotSayWhatItIsIsClosed() {
    CountDownLatch closed = new CountDownLatch(1);
    RamDisk.Factory nameless =
        RamDisk.factory(opening ->
            new WrongDriver(opening) {
              @Override
              public BlockIdentity identity() {
                throw new IllegalStateException("nameless");
              }

              @Override
              public void close() {
                closed.countDown();
              }
            });
    assertThatThrownBy(() -> BlockHarness.open(nameless, Map.of()))
        .isInstanceOf(HarnessError.class)
        .hasMessageContaining("identity threw java.lang.IllegalStateException: nameless");
    assertThat(closed.getCount()).isZero();
  }

  @Test
  void openFailsInMoreThanOneLine() {
    List<Fault> found = new ArrayList<>();
    BlockObserver observer =
        new BlockObserver() {
          @Override
          public void faultFound(Fault fault) {
            found.add(fault);
          }
        };
    RamDisk.Factory wordy =
        new RamDisk.Factory(opening -> new RamDisk(opening.agreement(), opening.host())) {
          @Override
          public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
              throws DriverException {
            throw new DriverException(Status.NOT_READY, "no storage\nno idea why");
          }
        };
    assertThatThrownBy(() -> BlockHarness.of(wordy).observer(observer).open())
        .isInstanceOf(DriverException.class);
    assertThat(found)
        .extracting(fault -> fault.clause() + " " + fault.kind().name())
        .containsExactly("DRV-014 bad-answer");
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
}
