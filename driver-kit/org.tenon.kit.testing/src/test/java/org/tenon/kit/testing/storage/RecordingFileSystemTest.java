package org.tenon.kit.testing.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;

class RecordingFileSystemTest {
  @TempDir Path folder;
  private Path real;
  private RecordingFileSystem files;
  private Path path;

  @BeforeEach
  void setUp() throws IOException {
    real = Files.write(folder.resolve("disk"), new byte[8192]);
    files = new RecordingFileSystem(new Ticks(), false);
    path = files.getPath(real.toString());
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Whatever is done through the record has the effect that it has without it, and the log explains
   * it.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsTheRealFileSystem(long seed) throws IOException {
    Path twin = Files.write(folder.resolve("twin"), new byte[8192]);
    try (FileChannel recorded = open();
        FileChannel plain =
            FileChannel.open(twin, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int step = 0; step < 200; step++) {
        long fork = seed * 1000 + step;
        assertThat(act(recorded, new SplittableRandom(fork)))
            .isEqualTo(act(plain, new SplittableRandom(fork)));
      }
    }
    assertThat(real).hasSameBinaryContentAs(twin);
    assertThat(files.isWhole()).isTrue();
  }

  private static String act(FileChannel channel, SplittableRandom random) throws IOException {
    long offset = random.nextInt(20_000);
    byte[] bytes = new byte[random.nextInt(1, 3000)];
    random.nextBytes(bytes);
    ByteBuffer data = ByteBuffer.wrap(bytes);
    ByteBuffer[] parts = {
      data.slice(0, bytes.length / 2), data.slice(bytes.length / 2, bytes.length - bytes.length / 2)
    };
    return switch (random.nextInt(9)) {
      case 0 -> "wrote " + channel.write(data, offset) + " " + data;
      case 1 -> "wrote " + channel.position(offset).write(data) + " at " + channel.position();
      case 2 ->
          "wrote " + channel.position(offset).write(parts) + " at " + channel.position() + parts[1];
      case 3 ->
          "read "
              + channel.read(data, offset)
              + data.hashCode()
              + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
      case 4 ->
          "read "
              + channel.position(offset).read(parts)
              + " at "
              + channel.position()
              + parts[0]
              + parts[1];
      case 5 -> "truncated " + channel.truncate(offset).size() + " " + channel.position();
      case 6 -> "size " + channel.size();
      case 7 ->
          "transferred "
              + channel.transferTo(
                  offset,
                  100,
                  java.nio.channels.Channels.newChannel(new java.io.ByteArrayOutputStream()));
      default -> {
        channel.force(true);
        yield "forced";
      }
    };
  }

  @Test
  void aFileThatIsMadeRenamedAndRemovedIsExplained() throws IOException {
    Path journal = files.getPath(folder.resolve("journal.new").toString());
    Files.write(journal, new byte[] {1, 2, 3});
    Path named = journal.resolveSibling("journal");
    Files.move(journal, named, StandardCopyOption.ATOMIC_MOVE);
    Files.write(named, new byte[] {4}, StandardOpenOption.APPEND);
    Path gone = Files.write(journal.resolveSibling("gone"), new byte[] {9});
    Files.delete(gone);
    assertThat(files.isWhole()).isTrue();
    assertThat(folder.resolve("journal")).hasBinaryContent(new byte[] {1, 2, 3, 4});

    files.restore(files.base());
    assertThat(folder.resolve("journal")).doesNotExist();
  }

  @Test
  void aChangePastTheRecordIsNoticed() throws IOException {
    try (FileChannel channel = open()) {
      channel.write(ByteBuffer.wrap(new byte[] {7}), 0);
    }
    Files.write(real, new byte[] {1}, StandardOpenOption.WRITE);
    assertThat(files.isWhole()).isFalse();
  }

  @Test
  void whatLeadsPastTheRecordIsRefusedWithAReason() throws IOException {
    assertThatThrownBy(path::toFile)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("java.nio.file");
    assertThatThrownBy(() -> AsynchronousFileChannel.open(path))
        .hasMessageContaining("FileChannel.open");
    try (FileChannel channel = open()) {
      assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_WRITE, 0, 10))
          .hasMessageContaining("maps are not recorded");
    }
    assertThatThrownBy(() ->
            FileChannel.open(
                files.getPath(folder.resolve("none").toString()), StandardOpenOption.WRITE))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aScriptFailsShortensAndScatters() throws IOException {
    try (FileChannel channel = open()) {
      files
          .faults()
          .fail(StorageFaults.nth(StorageFaults.each(Operation.WRITE), 1, 1), Failure.NO_SPACE);
      channel.write(ByteBuffer.allocate(10), 0);
      assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(10), 0))
          .hasMessage("No space left on device");
      assertThat(channel.write(ByteBuffer.allocate(10), 0)).isEqualTo(10);

      files.faults().clear();
      files.faults().shorten(StorageFaults.each(Operation.WRITE), 3);
      ByteBuffer ten = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
      assertThat(channel.write(ten, 100)).isEqualTo(3);
      assertThat(ten.position()).isEqualTo(3);

      files.faults().clear();
      files.faults().fail(StorageFaults.each(Operation.FORCE), Failure.INPUT_OUTPUT);
      assertThatThrownBy(() -> channel.force(false)).hasMessage("Input/output error");
      assertThat(files.log().events().getLast().ended()).isEqualTo(Ticks.NEVER);
    }
  }

  @Test
  void aGateHoldsAnAccessUntilItIsOpened() throws Exception {
    try (FileChannel channel = open()) {
      StorageGate gate = files.faults().stall(StorageFaults.each(Operation.WRITE));
      CompletableFuture<Integer> write =
          CompletableFuture.supplyAsync(() -> {
            try {
              return channel.write(ByteBuffer.allocate(10), 0);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThat(gate.awaitArrivals(1, Duration.ofSeconds(5))).isTrue();
      assertThat(files.log().count(StorageEvent.Change.class)).isZero();
      files.faults().clear();
      assertThat(write.get()).isEqualTo(10);
      assertThat(files.log().count(StorageEvent.Change.class)).isEqualTo(1);
    }
  }
}
