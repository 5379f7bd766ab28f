package org.tenon.samples.blockfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;

/** The driver on the kit's checking host, over real files. */
class FileBlockDriverTest {
  private static final int BLOCKS = 2048;

  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    image = folder.resolve("disk.img");
    try (FileChannel made =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      made.write(java.nio.ByteBuffer.allocate(1), BLOCKS * 512L - 1);
    }
  }

  private BlockHarness open(String... settings) throws DriverException {
    BlockHarness.Builder builder = BlockHarness.of(new FileBlockDriverFactory());
    for (int i = 0; i < settings.length; i += 2) {
      builder.setting(settings[i], settings[i + 1]);
    }
    return builder.setting("path", image.toString()).open();
  }

  private static byte[] pattern(long seed, int blocks) {
    byte[] data = new byte[blocks * 512];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    try (BlockHarness disk =
        BlockHarness.open(new FileBlockDriverFactory(), Map.of("path", image.toString()))) {
      disk.write(7, pattern(1, 2));
      disk.flush();
      assertThat(disk.read(7, 2)).isEqualTo(pattern(1, 2));
    }
  }

  /** Segments of any length and alignment: whole blocks, pieces of blocks, single bytes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void servesMemoryInPiecesOfAnySize(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] expected = new byte[BLOCKS * 512];
    try (BlockHarness disk = open()) {
      for (int step = 0; step < 60; step++) {
        int blocks = random.nextInt(1, 17);
        int block = random.nextInt(BLOCKS - blocks + 1);
        int[] pieces = pieces(random, blocks * 512);
        int misaligned = random.nextInt(64);
        if (random.nextBoolean()) {
          byte[] data = pattern(random.nextLong(), blocks);
          System.arraycopy(data, 0, expected, block * 512, data.length);
          BlockRequest write =
              BlockRequest.write(block, blocks, data).segments(pieces).misaligned(misaligned);
          assertThat(disk.perform(write).isOk()).as("%s in %s", write, pieces).isTrue();
        } else {
          BlockRequest read =
              BlockRequest.read(block, blocks).segments(pieces).misaligned(misaligned);
          assertThat(disk.perform(read).memory())
              .as("%s in %s", read, pieces)
              .isEqualTo(Arrays.copyOfRange(expected, block * 512, (block + blocks) * 512));
        }
      }
    }
    assertThat(image).hasBinaryContent(expected);
  }

  private static int[] pieces(SplittableRandom random, int length) {
    List<Integer> pieces = new ArrayList<>();
    int rest = length;
    while (rest > 0) {
      int most = pieces.size() == 127 ? rest : random.nextInt(4) == 0 ? rest : Math.min(rest, 700);
      int piece = pieces.size() == 127 ? rest : random.nextInt(1, most + 1);
      pieces.add(piece);
      rest -= piece;
    }
    return pieces.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void givesStorageBackAndReadsZeroes() throws Exception {
    try (BlockHarness disk = open()) {
      disk.write(0, pattern(2, 2048));
      disk.flush();
      long full = allocated();
      disk.discard(256, 1024);
      assertThat(disk.perform(BlockRequest.writeZeroes(1536, 256).mayUnmap()).isOk()).isTrue();
      disk.flush();

      assertThat(full - allocated()).as("bytes given back").isGreaterThanOrEqualTo(600 * 1024);
      byte[] expected = pattern(2, 2048);
      Arrays.fill(expected, 256 * 512, 1280 * 512, (byte) 0);
      Arrays.fill(expected, 1536 * 512, 1792 * 512, (byte) 0);
      assertThat(disk.read(0, 2048)).isEqualTo(expected);
    }
  }

  @Test
  void keepsReservedStorage() throws Exception {
    try (BlockHarness disk = open("preallocate", "true")) {
      long reserved = allocated();
      assertThat(reserved).isGreaterThanOrEqualTo(BLOCKS * 512L);
      disk.write(0, pattern(3, 64));
      disk.discard(0, 64);
      assertThat(disk.perform(BlockRequest.writeZeroes(64, 64).mayUnmap()).isOk()).isTrue();
      disk.flush();
      assertThat(allocated()).isGreaterThanOrEqualTo(reserved);
    }
  }

  /** What du(1) counts. */
  private long allocated() throws IOException, InterruptedException {
    Process du = new ProcessBuilder("du", "--block-size=1", image.toString()).start();
    String line =
        new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(du.waitFor()).isZero();
    return Long.parseLong(line.substring(0, line.indexOf('\t')));
  }

  @Test
  void refusesEveryChangeWhenReadOnly() throws Exception {
    try (BlockHarness disk = open("read-only", "true")) {
      assertThat(disk.geometry().readOnly()).isTrue();
      for (BlockRequest change :
          List.of(
              BlockRequest.write(0, 1, pattern(4, 1)),
              BlockRequest.discard(0, 1),
              BlockRequest.writeZeroes(0, 1))) {
        assertThat(disk.perform(change).status()).as("%s", change).isEqualTo(Status.READ_ONLY);
      }
      disk.flush();
      assertThat(disk.read(0, 1)).containsOnly(0);
    }
  }

  @Test
  void answersBadRequestsWithAStatus() throws Exception {
    try (BlockHarness disk = open()) {
      Map<BlockRequest, Integer> answers =
          Map.of(
              BlockRequest.read(BLOCKS - 1, 2), Status.OUT_OF_RANGE,
              BlockRequest.read(-1, 1), Status.OUT_OF_RANGE,
              BlockRequest.discard(Long.MAX_VALUE, 1), Status.OUT_OF_RANGE,
              BlockRequest.writeZeroes(0, -1), Status.OUT_OF_RANGE,
              BlockRequest.write(0, 2, pattern(5, 1)), Status.INVALID,
              BlockRequest.read(0, 1).segments(100), Status.INVALID,
              BlockRequest.of(99, 0, 1), Status.UNSUPPORTED);
      answers.forEach((request, status) ->
          assertThat(disk.perform(request).status()).as("%s", request).isEqualTo(status));
      assertThat(disk.read(0, 2)).containsOnly(0);
    }
  }

  @Test
  void doesOnlyWhatWasAgreed() throws Exception {
    try (BlockHarness disk =
        BlockHarness.of(new FileBlockDriverFactory())
            .setting("path", image.toString())
            .offer(BlockOffer.of(Set.of(), 1, 1))
            .open()) {
      assertThat(disk.perform(BlockRequest.discard(0, 1)).status()).isEqualTo(Status.UNSUPPORTED);
      assertThat(disk.perform(BlockRequest.flush()).status()).isEqualTo(Status.UNSUPPORTED);
      disk.write(0, pattern(6, 1));
      assertThat(disk.read(0, 1)).isEqualTo(pattern(6, 1));
    }
  }

  @Test
  void letsNobodyElseOpenTheImage() throws Exception {
    try (BlockHarness disk = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(DriverException.class)
          .hasMessageContaining("in use")
          .extracting(e -> ((DriverException) e).status())
          .isEqualTo(Status.CONFLICT);
      assertThatThrownBy(() -> open("read-only", "true")).hasMessageContaining("in use");
      assertThat(lockedForOtherPrograms()).as("still locked after the refused opens").isTrue();
      disk.write(0, pattern(7, 1));
    }
    assertThat(lockedForOtherPrograms()).isFalse();
    try (BlockHarness one = open("read-only", "true");
        BlockHarness other = open("read-only", "true")) {
      assertThat(one.read(0, 1)).isEqualTo(other.read(0, 1));
    }
  }

  /** qemu-img looks for locks before it touches an image. */
  private boolean lockedForOtherPrograms() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder("qemu-io", "-f", "raw", "-c", "quit", image.toString())
            .redirectErrorStream(true)
            .start();
    String answer =
        new String(other.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    int exit = other.waitFor();
    assertThat(exit == 0 || answer.contains("lock")).as(answer).isTrue();
    return exit != 0;
  }

  @ParameterizedTest
  @CsvSource({
    "path, /nowhere/disk.img, does not exist",
    "path, /tmp, is a folder",
    "block-size, 1000, power of two",
    "block-size, 128K, power of two",
    "block-size, 64K, multiple of the block size",
    "threads, 0, 1 to 64",
    "size-check-ms, 1, 10 to",
    "size, 1000, multiple of the block size",
    "serial, not one word, printable ASCII"
  })
  void refusesSettingsThatCannotWork(String setting, String value, String reason) throws Exception {
    Files.write(image, new byte[4096]);
    assertThatThrownBy(() ->
            BlockHarness.of(new FileBlockDriverFactory())
                .setting("path", image.toString())
                .setting(setting, value)
                .open())
        .isInstanceOf(DriverException.class)
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void makesAnImageThatIsNotThere() throws Exception {
    image = folder.resolve("new.img");
    try (BlockHarness disk = open("size", "8M", "serial", "TENON-1")) {
      assertThat(disk.geometry().bytes()).isEqualTo(8 << 20);
      assertThat(disk.driver().identity().serial()).isEqualTo("TENON-1");
      disk.write(16383, pattern(8, 1));
    }
    try (BlockHarness disk = open("size", "16M")) {
      assertThat(disk.geometry().bytes())
          .as("an image that is there stays as it is")
          .isEqualTo(8 << 20);
      assertThat(disk.read(16383, 1)).isEqualTo(pattern(8, 1));
    }
  }

  @Test
  void noticesThatTheImageHasGrown() throws Exception {
    VirtualClock clock = new VirtualClock();
    try (BlockHarness disk =
        BlockHarness.of(new FileBlockDriverFactory())
            .setting("path", image.toString())
            .clock(clock)
            .open()) {
      try (FileChannel other = FileChannel.open(image, StandardOpenOption.WRITE)) {
        other.write(java.nio.ByteBuffer.allocate(1), 2 * BLOCKS * 512L - 1);
      }
      clock.advance(Duration.ofSeconds(1));
      while (disk.geometry().blocks() != 2 * BLOCKS) {
        Thread.onSpinWait();
      }
      disk.write(2 * BLOCKS - 1, pattern(9, 1));
      assertThat(disk.read(2 * BLOCKS - 1, 1)).isEqualTo(pattern(9, 1));
    }
  }

  @Test
  void servesAllQueuesAndLivesThroughPauseAndReset() throws Exception {
    try (BlockHarness disk = open()) {
      int queues = disk.agreement().queues();
      assertThat(queues).isEqualTo(4);
      List<Submission> sent = new ArrayList<>();
      for (int round = 0; round < 50; round++) {
        for (int queue = 0; queue < queues; queue++) {
          int block = (round * queues + queue) * 8;
          sent.add(disk.submit(queue, BlockRequest.write(block, 8, pattern(block, 8))));
        }
        if (round == 20) {
          disk.quiesce();
          disk.resume();
        }
      }
      assertThat(sent).allMatch(each -> each.await().isOk());
      disk.reset();
      for (int block = 0; block < 50 * queues * 8; block += 8) {
        assertThat(disk.read(block, 8)).isEqualTo(pattern(block, 8));
      }
      assertThat(disk.agreement().has(BlockCapabilities.FUA)).isTrue();
    }
  }
}
