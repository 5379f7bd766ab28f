package org.tenon.hv.attach;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.memory.DirtyPages;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.memory.RamLayout;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;

class BlockAttachmentTest {
  private static final int DEPTH = 8;

  private final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private final MemoryRegion ram = memory.region(0);
  private final ManualClock clock = new ManualClock();
  private final ScriptedDriver driver = new ScriptedDriver();
  private final List<Fault> heard = new ArrayList<>();

  @AfterEach
  void release() {
    memory.close();
  }

  private BlockAttachment open() {
    try {
      return tryOpen();
    } catch (AttachException e) {
      throw new AssertionError(e);
    }
  }

  private AttachContext context() {
    AttachListener listener =
        new AttachListener() {
          @Override
          public void fault(Fault fault) {
            heard.add(fault);
          }
        };
    return new AttachContext("disk0", memory, clock, Deadlines.DEFAULT, Runnable::run, listener);
  }

  /** Stages and submits a read; answers its tag. */
  private int read(BlockPort port) {
    int tag;
    synchronized (port) {
      tag = port.claim();
      port.begin(tag, BlockOperation.READ, 0, 3, 2);
      assertThat(port.segment(tag, ram, 4096, 1024)).isTrue();
      port.stage(tag);
    }
    port.submit();
    return tag;
  }

  /** Reaps everything: status by tag, in order. */
  private static Map<Integer, Integer> reap(BlockPort port) {
    Map<Integer, Integer> ended = new LinkedHashMap<>();
    synchronized (port) {
      for (int tag = port.completed(); tag != BlockPort.NONE; tag = port.completed()) {
        assertThat(ended.put(tag, port.status(tag))).as("tag %d came back before", tag).isNull();
        port.release(tag);
      }
    }
    return ended;
  }

  private void assertQuarantined(BlockAttachment attachment, String clause, Fault.Kind kind) {
    assertThat(attachment.state()).isEqualTo(BlockAttachment.State.QUARANTINED);
    assertThat(heard).isEqualTo(attachment.faults());
    assertThat(heard).isNotEmpty();
    assertThat(heard.getFirst().clause()).hasToString(clause);
    assertThat(heard.getFirst().kind()).isEqualTo(kind);
    assertThat(heard.getFirst().subject()).startsWith("scripted@disk0");
  }

  @Test
  void requestReachesTheDriverAndComesBackOnce() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(1);
    int tag = read(port);
    assertThat(driver.accepted).containsExactly(new ScriptedDriver.Accepted(1, tag));
    var row = driver.host.requests(1);
    assertThat(row.operation(tag)).isEqualTo(BlockOperation.READ);
    assertThat(row.block(tag)).isEqualTo(3);
    assertThat(row.blocks(tag)).isEqualTo(2);
    assertThat(row.segments(tag)).isOne();
    row.memory(tag, 0).set(JAVA_BYTE, row.offset(tag, 0), (byte) 77);
    assertThat(ram.segment().get(JAVA_BYTE, 4096)).isEqualTo((byte) 77);
    assertThat(reap(port)).isEmpty();
    driver.completeAll(Status.OK);
    assertThat(reap(port)).containsExactly(Map.entry(tag, Status.OK));
    assertThat(port.used()).isZero();
    assertThat(heard).isEmpty();
  }

  @Test
  void readMarksItsMemoryDirty() {
    BlockPort port = open().port(0);
    long[] bitmap = new long[4];
    DirtyPages pages = ram.startTracking();
    pages.drain(bitmap);
    read(port);
    driver.completeAll(Status.OK);
    reap(port);
    assertThat(pages.drain(bitmap)).isOne();
    assertThat(bitmap[0]).isEqualTo(2);
  }

  @Test
  void completionInsideSubmitCounts() {
    BlockAttachment attachment = open();
    driver.submit =
        batch -> {
          driver.host.complete(0, batch.tag(0), Status.IO_ERROR, 0);
          return 1;
        };
    BlockPort port = attachment.port(0);
    int tag = read(port);
    assertThat(reap(port)).containsExactly(Map.entry(tag, Status.IO_ERROR));
  }

  @Test
  void refusedRequestsAreOfferedAgainAfterACompletionOrQueueReady() {
    BlockPort port = open().port(0);
    List<Integer> offers = new ArrayList<>();
    driver.submit =
        batch -> {
          offers.add(batch.size());
          return Math.min(batch.size(), driver.accepted.size() < 2 ? 1 : 0);
        };
    read(port);
    read(port);
    read(port);
    assertThat(offers).containsExactly(1, 1, 1);
    port.submit();
    assertThat(offers).as("nothing has happened since").hasSize(3);
    driver.complete(driver.accepted.getFirst(), Status.OK);
    port.submit();
    assertThat(offers).containsExactly(1, 1, 1, 1);
    read(port);
    driver.host.queueReady(0);
    port.submit();
    assertThat(driver.accepted).hasSize(2);
    while (!driver.accepted.isEmpty()) {
      driver.completeAll(Status.OK);
      reap(port);
      port.submit();
    }
    assertThat(port.used()).isZero();
    assertThat(heard).isEmpty();
  }

  @Test
  void armedPortWakesOnce() {
    BlockPort port = open().port(0);
    List<String> wakes = new ArrayList<>();
    port.onReady(() -> wakes.add("wake"));
    read(port);
    read(port);
    assertThat(port.arm()).isTrue();
    driver.completeAll(Status.OK);
    assertThat(wakes).hasSize(1);
    assertThat(port.arm()).as("something is there already").isFalse();
    reap(port);
    assertThat(port.arm()).isTrue();
  }

  @Test
  void secondCompletionIsAFault() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    int tag = read(port);
    int other = read(port);
    driver.host.complete(0, tag, Status.IO_ERROR, 0);
    driver.host.complete(0, tag, Status.IO_ERROR, 0);
    assertQuarantined(attachment, "BLK-028", Fault.Kind.COMPLETED_TWICE);
    assertThat(reap(port))
        .containsExactly(Map.entry(tag, Status.IO_ERROR), Map.entry(other, Status.NOT_READY));
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "0, -1", "0, 8", "0, 2147483647", "4, 0", "-1, 0", "-2147483648, 0"})
  void completionOfWhatWasNeverGivenIsAFault(int queue, int tag) {
    BlockAttachment attachment = open();
    driver.host.complete(queue, tag, Status.OK, 0);
    assertQuarantined(attachment, "BLK-029", Fault.Kind.COMPLETED_UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({"-1", "2", "2147483647", "-2147483648"})
  void nonsenseFromSubmitIsAFault(int answer) {
    BlockAttachment attachment = open();
    driver.submit = batch -> answer;
    BlockPort port = attachment.port(0);
    int tag = read(port);
    assertQuarantined(attachment, "BLK-030", Fault.Kind.BAD_ANSWER);
    assertThat(reap(port)).containsExactly(Map.entry(tag, Status.NOT_READY));
  }

  @Test
  void completingWhatSubmitDidNotAcceptIsAFault() {
    BlockAttachment attachment = open();
    driver.submit =
        batch -> {
          driver.host.complete(0, batch.tag(0), Status.IO_ERROR, 0);
          return 0;
        };
    BlockPort port = attachment.port(0);
    int tag = read(port);
    assertQuarantined(attachment, "BLK-029", Fault.Kind.COMPLETED_UNKNOWN);
    assertThat(reap(port)).containsOnlyKeys(tag);
  }

  @Test
  void anyThrowableOfSubmitIsAFaultAndStaysInside() {
    for (Throwable thrown :
        List.of(new IllegalStateException("x"), new StackOverflowError(), new OutOfMemoryError())) {
      heard.clear();
      BlockAttachment attachment = open();
      driver.submit =
          batch -> {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) thrown;
          };
      BlockPort port = attachment.port(0);
      int tag = read(port);
      assertQuarantined(attachment, "DRV-013", Fault.Kind.THREW);
      assertThat(reap(port)).containsExactly(Map.entry(tag, Status.NOT_READY));
    }
  }

  @Test
  void wrongByteCountIsAFaultAndTheGuestSeesAnError() {
    BlockAttachment attachment = open();
    int tag = read(attachment.port(0));
    driver.host.complete(0, tag, Status.OK, 512);
    assertQuarantined(attachment, "BLK-024", Fault.Kind.BAD_ANSWER);
    assertThat(reap(attachment.port(0))).containsExactly(Map.entry(tag, Status.IO_ERROR));
  }

  @Test
  void forgottenRequestIsSeenAtItsDeadline() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    int first = read(port);
    clock.advance(Duration.ofSeconds(20));
    int second = read(port);
    clock.advance(Duration.ofSeconds(9));
    assertThat(heard).isEmpty();
    clock.advance(Duration.ofSeconds(3));
    assertQuarantined(attachment, "BLK-028", Fault.Kind.HUNG);
    assertThat(reap(port).entrySet())
        .as("in the order of submission")
        .containsExactly(Map.entry(first, Status.NOT_READY), Map.entry(second, Status.NOT_READY));
    assertThat(driver.calls).contains("close");
  }

  @Test
  void driverThatRefusesForEverIsSeen() {
    BlockAttachment attachment = open();
    driver.submit = batch -> 0;
    BlockPort port = attachment.port(0);
    int tag = read(port);
    clock.advance(Duration.ofSeconds(32));
    assertQuarantined(attachment, "BLK-033", Fault.Kind.HUNG);
    port.submit();
    assertThat(reap(port)).containsExactly(Map.entry(tag, Status.NOT_READY));
  }

  @Test
  void driverHangingInSubmitLosesItsRequestsAndNotTheQueue() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    BlockAttachment attachment = open();
    driver.submit =
        batch -> {
          entered.countDown();
          leaveWhenTold(leave);
          return batch.size();
        };
    BlockPort port = attachment.port(0);
    Thread stuck = new Thread(() -> read(port));
    stuck.start();
    entered.await();
    clock.advance(Duration.ofSeconds(11));
    assertQuarantined(attachment, "BLK-031", Fault.Kind.HUNG);
    assertThat(reap(port)).hasSize(1);
    int later = read(port);
    assertThat(reap(port)).containsExactly(Map.entry(later, Status.NOT_READY));
    leave.countDown();
    stuck.join();
    assertThat(reap(port)).isEmpty();
    assertThat(port.used()).isZero();
  }

  /** Waits through any number of interrupts. */
  private static void leaveWhenTold(CountDownLatch latch) {
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

  @Test
  void quarantineTakesGuestRamFromTheDriver() {
    BlockAttachment attachment = open();
    int tag = read(attachment.port(0));
    MemorySegment lent = driver.host.requests(0).memory(tag, 0);
    driver.host.complete(0, 7, Status.OK, 0);
    assertThat(attachment.state()).isEqualTo(BlockAttachment.State.QUARANTINED);
    assertThatThrownBy(() -> lent.set(JAVA_BYTE, 0, (byte) 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lateCompletionsAfterQuarantineAreCountedAndHarmless() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    driver.onClose = () -> {};
    int tag = read(port);
    driver.host.complete(9, 0, Status.OK, 0);
    reap(port);
    driver.host.complete(0, tag, Status.OK, 1024);
    assertThat(attachment.lateCompletions()).isOne();
    assertThat(reap(port)).isEmpty();
    assertThat(heard).hasSize(1);
  }

  @Test
  void pausedRequestsWaitForResumeOrAReset() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    CompletableFuture<Void> rest = new CompletableFuture<>();
    driver.onQuiesce = () -> rest;
    read(port);
    var paused = attachment.quiesce().toCompletableFuture();
    assertThat(paused).isNotDone();
    driver.completeAll(Status.OK);
    rest.complete(null);
    assertThat(paused).isCompleted();
    int forgotten = read(port);
    assertThat(attachment.reset().toCompletableFuture()).isCompleted();
    assertThat(reap(port)).containsEntry(forgotten, Status.ABORTED);
    read(port);
    assertThat(driver.accepted).isEmpty();
    attachment.resume();
    port.submit();
    assertThat(driver.accepted).hasSize(1);
    assertThat(driver.calls).containsExactly("open", "start", "quiesce", "resume");
    assertThat(heard).isEmpty();
  }

  @Test
  void quiesceThatForgetsARequestIsAFault() {
    BlockAttachment attachment = open();
    int tag = read(attachment.port(0));
    assertThat(attachment.quiesce().toCompletableFuture()).isCompleted();
    assertQuarantined(attachment, "DRV-010", Fault.Kind.FORGOT);
    assertThat(reap(attachment.port(0))).containsExactly(Map.entry(tag, Status.NOT_READY));
  }

  @Test
  void resetEndsWhatIsInFlightAndWhatIsStaged() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    int inFlight = read(port);
    driver.submit = batch -> 0;
    int staged = read(port);
    assertThat(attachment.reset().toCompletableFuture()).isCompleted();
    assertThat(reap(port))
        .containsOnly(Map.entry(staged, Status.ABORTED), Map.entry(inFlight, Status.ABORTED));
    driver.submit = batch -> batch.size();
    int again = read(port);
    driver.completeAll(Status.OK);
    assertThat(reap(port)).containsExactly(Map.entry(again, Status.OK));
    assertThat(heard).isEmpty();
  }

  @Test
  void hangingResetEndsAtTheDeadline() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    driver.onReset = CompletableFuture::new;
    read(port);
    var reset = attachment.reset().toCompletableFuture();
    clock.advance(Duration.ofSeconds(9));
    assertThat(reset).isNotDone();
    clock.advance(Duration.ofSeconds(2));
    assertThat(reset).isCompleted();
    assertQuarantined(attachment, "DRV-019", Fault.Kind.HUNG);
    assertThat(reap(port).values()).containsExactly(Status.NOT_READY);
  }

  @Test
  void controlMethodsThatThrowOrReturnNullAreFaults() {
    List<Consumer<BlockAttachment>> calls =
        List.of(BlockAttachment::quiesce, BlockAttachment::reset);
    for (int i = 0; i < calls.size() * 2; i++) {
      boolean throwing = i % 2 == 0;
      heard.clear();
      driver.onQuiesce =
          () -> {
            if (throwing) {
              fail();
            }
            return null;
          };
      driver.onReset = driver.onQuiesce;
      BlockAttachment attachment = open();
      calls.get(i / 2).accept(attachment);
      assertQuarantined(attachment, "DRV-013", Fault.Kind.THREW);
    }
  }

  private static void fail() {
    throw new IllegalStateException("scripted");
  }

  @Test
  void surpriseRemovalCompletesWhatIsInFlightAndFailsWhatComesLater() {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    int inFlight = read(port);
    assertThat(attachment.close().toCompletableFuture()).isCompleted();
    assertThat(reap(port)).containsExactly(Map.entry(inFlight, Status.ABORTED));
    int later = read(port);
    assertThat(reap(port)).containsExactly(Map.entry(later, Status.NOT_READY));
    assertThat(attachment.close().toCompletableFuture()).isCompleted();
    assertThat(driver.calls).containsExactly("open", "start", "close");
    assertThat(heard).isEmpty();
  }

  @Test
  void whatIsLeftAfterCloseIsReported() {
    BlockAttachment attachment = open();
    read(attachment.port(0));
    driver.onClose = () -> {};
    Thread kept = driver.host.newThread("worker", () -> awaitOrInterrupt(new CountDownLatch(1)));
    kept.start();
    driver.host.clock().schedule(Duration.ofHours(1), () -> {});
    attachment.close();
    assertThat(heard).extracting(f -> f.clause().toString()).containsExactly("BLK-057", "DRV-009");
    assertThat(heard.get(1).detail()).contains("worker").contains("1 timers");
    assertThat(reap(attachment.port(0)).values()).containsExactly(Status.NOT_READY);
  }

  private static void awaitOrInterrupt(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatTheDriversThreadsThrowIsAFault() throws Exception {
    BlockAttachment attachment = open();
    Thread thread = driver.host.newThread("worker", BlockAttachmentTest::fail);
    thread.start();
    thread.join();
    assertQuarantined(attachment, "DRV-017", Fault.Kind.THREW);
  }

  @Test
  void resizeIsHeardAndAnythingElseIsAFault() {
    driver.negotiate = offer -> offer.accept().take(BlockCapabilities.RESIZE).build();
    BlockAttachment attachment = open();
    driver.host.geometryChanged(driver.geometry.withBlocks(2000));
    assertThat(attachment.geometry().blocks()).isEqualTo(2000);
    assertThat(heard).isEmpty();
    driver.host.geometryChanged(BlockGeometry.of(2000, 4096).build());
    assertQuarantined(attachment, "BLK-063", Fault.Kind.BAD_ANSWER);
  }

  @Test
  void resizeThatWasNotAgreedIsAFault() {
    BlockAttachment attachment = open();
    driver.host.geometryChanged(driver.geometry.withBlocks(2000));
    assertQuarantined(attachment, "BLK-064", Fault.Kind.NOT_AGREED);
    assertThat(attachment.geometry().blocks()).isEqualTo(1000);
  }

  @Test
  void agreementBeyondTheOfferIsRefused() {
    driver.negotiate =
        offer -> BlockOffer.of(BlockCapabilities.ALL, 16, 64).accept().queues(16).build();
    assertThatThrownBy(this::tryOpen)
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("BLK-001");
    assertThat(driver.calls).isEmpty();
  }

  @Test
  void driverThatCannotStartIsClosedAgain() {
    driver.onStart = BlockAttachmentTest::fail;
    assertThatThrownBy(this::tryOpen)
        .isInstanceOf(AttachException.class)
        .hasMessage("disk0: the driver's start failed: scripted");
    assertThat(driver.calls).containsExactly("open", "start", "close");
  }

  private BlockAttachment tryOpen() throws AttachException {
    return BlockAttachment.open(
        driver, BlockOffer.of(BlockCapabilities.ALL, 4, DEPTH), noSettings(), context());
  }

  private static Config noSettings() {
    try {
      return Config.of(List.of(), Map.of());
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Threads complete, twice now and then, while the queue goes on: every request ends exactly once.
   */
  @Test
  void everyRequestEndsOnceWhoeverCompletes() throws Exception {
    BlockAttachment attachment = open();
    BlockPort port = attachment.port(0);
    LinkedBlockingQueue<Integer> work = new LinkedBlockingQueue<>();
    driver.submit =
        batch -> {
          for (int i = 0; i < batch.size(); i++) {
            work.add(batch.tag(i));
          }
          return batch.size();
        };
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      workers.add(
          new Thread(() -> {
            try {
              for (int tag = work.take(); tag >= 0; tag = work.take()) {
                driver.host.complete(0, tag, Status.IO_ERROR, 0);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }));
    }
    workers.forEach(Thread::start);
    Random random = new Random(1);
    Map<Integer, Integer> open = new HashMap<>();
    int ended = 0;
    for (int submitted = 0; ended < 20_000; ) {
      while (submitted < 20_000 && open.size() < DEPTH && random.nextInt(4) != 0) {
        assertThat(open.put(read(port), submitted++)).isNull();
      }
      for (int tag : reap(port).keySet()) {
        assertThat(open.remove(tag)).isNotNull();
        ended++;
      }
    }
    work.addAll(List.of(-1, -1, -1));
    for (Thread worker : workers) {
      worker.join();
    }
    assertThat(open).isEmpty();
    assertThat(heard).isEmpty();
  }
}
