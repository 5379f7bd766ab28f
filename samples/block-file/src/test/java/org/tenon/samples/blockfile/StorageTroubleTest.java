package org.tenon.samples.blockfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.RecordingFileSystem;
import org.tenon.kit.testing.storage.StorageEvent;
import org.tenon.kit.testing.storage.StorageFaults;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageGate;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockOffer;

/** The driver over a file system that fails, stalls and does less than it was asked. */
class StorageTroubleTest {
  @TempDir Path folder;
  private RecordingFileSystem files;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.write(folder.resolve("disk.img"), new byte[1 << 20]);
    files = new RecordingFileSystem(new Ticks(), false);
  }

  private BlockHarness open() throws DriverException {
    return opening().open();
  }

  private BlockHarness.Builder opening() {
    return BlockHarness.of(new FileBlockDriverFactory())
        .setting("path", image.toString())
        .files(files);
  }

  private static byte[] pattern(long seed, int blocks) {
    byte[] data = new byte[blocks * 512];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  @Test
  void aFullDiskLosesNothingEarlier() throws Exception {
    try (BlockHarness disk = open()) {
      disk.write(0, pattern(1, 8));
      files.faults().fail(StorageFaults.each(Operation.WRITE), Failure.NO_SPACE);
      assertThat(disk.perform(BlockRequest.write(8, 8, pattern(2, 8))).status())
          .isEqualTo(Status.NO_SPACE);
      assertThat(disk.perform(BlockRequest.writeZeroes(0, 8)).status()).isEqualTo(Status.NO_SPACE);
      assertThat(disk.read(0, 8)).isEqualTo(pattern(1, 8));
      disk.flush();
      files.faults().clear();
      disk.write(8, pattern(2, 8));
      assertThat(disk.read(8, 8)).isEqualTo(pattern(2, 8));
    }
  }

  @Test
  void anErrorOfTheDiskCostsOneRequest() throws Exception {
    try (BlockHarness disk = open()) {
      files
          .faults()
          .fail(StorageFaults.nth(StorageFaults.each(Operation.READ), 0, 1), Failure.INPUT_OUTPUT);
      assertThat(disk.perform(BlockRequest.read(0, 8)).status()).isEqualTo(Status.IO_ERROR);
      assertThat(disk.read(0, 8)).containsOnly(0);
    }
  }

  /** A block that the system wrote in part is begun again; reads that end early go on. */
  @Test
  void shortReadsAndWritesGoOn() throws Exception {
    try (BlockHarness disk = open()) {
      files.faults().shorten(StorageFaults.each(Operation.WRITE), 700);
      files.faults().shorten(StorageFaults.each(Operation.READ), 300);
      disk.write(3, pattern(3, 16));
      assertThat(disk.read(3, 16)).isEqualTo(pattern(3, 16));
    }
    List<Long> starts =
        files.log().events().stream()
            .filter(StorageEvent.Change.class::isInstance)
            .map(event -> ((StorageEvent.Change) event).offset())
            .toList();
    assertThat(starts)
        .as("where the writes began")
        .isNotEmpty()
        .allMatch(start -> start % 512 == 0);
  }

  /**
   * After a failed fsync nobody knows what the system dropped: no later flush may say that all is
   * well.
   */
  @Test
  void aFailedFlushIsNotForgotten() throws Exception {
    try (BlockHarness disk = open()) {
      disk.write(0, pattern(4, 1));
      files
          .faults()
          .fail(StorageFaults.nth(StorageFaults.each(Operation.FORCE), 0, 1), Failure.INPUT_OUTPUT);
      assertThat(disk.perform(BlockRequest.flush()).status()).isEqualTo(Status.IO_ERROR);
      assertThat(disk.health().state()).isEqualTo(Health.State.DEGRADED);
      assertThat(disk.perform(BlockRequest.flush()).status()).isEqualTo(Status.IO_ERROR);
      assertThat(disk.perform(BlockRequest.write(1, 1, pattern(5, 1)).fua()).status())
          .isEqualTo(Status.IO_ERROR);
      assertThat(disk.read(0, 1)).isEqualTo(pattern(4, 1));
    }
    try (BlockHarness disk = open()) {
      disk.flush();
      assertThat(disk.health().state()).isEqualTo(Health.State.UP);
    }
  }

  @Test
  void everyWriteIsForcedWhereThereIsNoFlush() throws Exception {
    try (BlockHarness disk = opening().offer(BlockOffer.of(Set.of(), 1, 8)).open()) {
      disk.write(0, pattern(6, 1));
      assertThat(files.log().events().getLast()).isInstanceOf(StorageEvent.Force.class);
    }
  }

  /** Flushes that wait while the file is being forced share the next force. */
  @Test
  void flushesShareAForce() throws Exception {
    try (BlockHarness disk = open()) {
      StorageGate gate = files.faults().stall(StorageFaults.each(Operation.FORCE));
      List<Submission> first = disk.submit(0, List.of(BlockRequest.flush()));
      assertThat(gate.awaitArrivals(1, Duration.ofSeconds(30))).isTrue();
      List<Submission> rest = disk.submit(1, List.of(BlockRequest.flush(), BlockRequest.flush()));
      gate.open();
      assertThat(first).allMatch(each -> each.await().isOk());
      assertThat(rest).allMatch(each -> each.await().isOk());
      assertThat(files.log().count(StorageEvent.Force.class)).isBetween(2L, 3L);
    }
  }

  @Test
  void submitReturnsAndResetAbortsWhileTheDiskIsStalled() throws Exception {
    try (BlockHarness disk = open()) {
      StorageGate gate = files.faults().stall(StorageFaults.each(Operation.WRITE));
      BlockRequest[] writes = new BlockRequest[32];
      Arrays.setAll(writes, i -> BlockRequest.write(i, 1, pattern(i, 1)));
      List<Submission> sent = disk.submit(0, List.of(writes));
      assertThat(gate.awaitArrivals(2, Duration.ofSeconds(30))).isTrue();
      var stage = disk.driver().reset();
      assertThat(sent.stream().filter(Submission::isDone)).hasSize(30);
      assertThat(stage.toCompletableFuture()).isNotDone();
      gate.open();
      stage.toCompletableFuture().join();
      assertThat(sent.stream().filter(each -> each.await().isOk())).hasSize(2);
      disk.write(0, pattern(99, 1));
    }
  }
}
