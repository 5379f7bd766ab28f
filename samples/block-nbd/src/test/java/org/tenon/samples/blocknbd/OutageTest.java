package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.kit.testing.storage.NbdServer.Program;
import org.tenon.spi.Deadlines;

/** Real servers that are killed with SIGKILL, start again, or stay away. */
class OutageTest {
  private static final int BLOCKS = 16_384;

  /** Short, so that a server that stays away costs the test seconds. */
  private static final Deadlines IMPATIENT =
      new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(3));

  @TempDir Path folder;

  private static byte[] pattern(long seed, int blocks) {
    byte[] data = new byte[blocks * 512];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  private NbdServer server(Program program) throws Exception {
    return new NbdServer(program, Files.write(folder.resolve("image"), new byte[BLOCKS * 512]));
  }

  private static BlockHarness.Builder driver(NbdServer server) {
    return BlockHarness.of(new NbdBlockDriverFactory())
        .setting("uri", "nbd+unix:///?socket=" + server.address().getPath());
  }

  /** Every write is acknowledged in the end, once, and none is lost. */
  @ParameterizedTest
  @EnumSource(Program.class)
  void noAcknowledgedWriteIsLostWhenTheServerIsKilled(Program program) throws Exception {
    try (NbdServer server = server(program);
        BlockHarness disk = driver(server).open()) {
      byte[] expected = new byte[BLOCKS * 512];
      SplittableRandom random = new SplittableRandom(program.name().length());
      for (int round = 0; round < 8; round++) {
        List<Submission> sent = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
          int block = (i * 64 + random.nextInt(32)) % BLOCKS;
          byte[] data = pattern(random.nextLong(), 32);
          System.arraycopy(data, 0, expected, block * 512, data.length);
          sent.add(disk.submit(i % 4, BlockRequest.write(block, 32, data)));
        }
        server.kill();
        sent.add(disk.submit(round % 4, BlockRequest.flush()));
        sent.add(disk.submit(round % 4, BlockRequest.read(0, 8)));
        server.start();
        for (Submission each : sent) {
          assertThat(each.await().status()).as("%s", each).isEqualTo(Status.OK);
        }
        assertThat(readAll(disk)).isEqualTo(expected);
      }
      disk.flush();
      assertThat(server.image()).hasBinaryContent(expected);
    }
  }

  private static byte[] readAll(BlockHarness disk) {
    byte[] all = new byte[BLOCKS * 512];
    for (int block = 0; block < BLOCKS; block += 2048) {
      System.arraycopy(disk.read(block, 2048), 0, all, block * 512, 2048 * 512);
    }
    return all;
  }

  /** The harness itself finds fault if the answer comes after the deadline. */
  @Test
  void aServerThatStaysAwayIsATimeoutAndComesBack() throws Exception {
    try (NbdServer server = server(Program.NBDKIT);
        BlockHarness disk = driver(server).deadlines(IMPATIENT).open()) {
      disk.write(0, pattern(1, 1));
      server.kill();
      List<Submission> sent =
          List.of(
              disk.submit(0, BlockRequest.read(0, 1)),
              disk.submit(1, BlockRequest.write(8, 1, pattern(2, 1))),
              disk.submit(2, BlockRequest.flush()));
      assertThat(sent).allMatch(each -> each.await().status() == Status.TIMEOUT);
      assertThat(disk.health().state()).isEqualTo(Health.State.DOWN);
      server.start();
      assertThat(disk.read(0, 1)).isEqualTo(pattern(1, 1));
      disk.write(8, pattern(3, 1));
      assertThat(disk.read(8, 1)).isEqualTo(pattern(3, 1));
    }
  }

  private static Submission accepted(Submission submission) {
    while (!submission.isAccepted()) {
      Thread.onSpinWait();
    }
    return submission;
  }

  @Test
  void comesToRestWhileTheServerIsAway() throws Exception {
    Submission closed;
    try (NbdServer server = server(Program.QEMU_NBD);
        BlockHarness disk = driver(server).deadlines(IMPATIENT).open()) {
      disk.write(0, pattern(4, 1));
      server.kill();
      Submission paused = accepted(disk.submit(0, BlockRequest.read(0, 1)));
      disk.quiesce();
      assertThat(paused.await().status()).isEqualTo(Status.TIMEOUT);
      disk.resume();
      Submission reset = accepted(disk.submit(1, BlockRequest.read(0, 1)));
      disk.reset();
      assertThat(reset.await().status()).isEqualTo(Status.ABORTED);
      server.start();
      assertThat(disk.read(0, 1)).isEqualTo(pattern(4, 1));
      server.kill();
      closed = accepted(disk.submit(2, BlockRequest.read(0, 1)));
    }
    assertThat(closed.await().status()).isEqualTo(Status.ABORTED);
  }

  @Test
  void anExportThatHasShrunkIsNotTakenForTheSame() throws Exception {
    try (NbdServer server = server(Program.NBDKIT);
        BlockHarness disk =
            driver(server)
                .deadlines(IMPATIENT)
                .offer(org.tenon.spi.block.BlockOffer.of(java.util.Set.of(), 2, 8))
                .open()) {
      server.kill();
      Files.write(server.image(), new byte[4096]);
      server.start();
      assertThat(disk.perform(BlockRequest.read(0, 1)).status()).isEqualTo(Status.TIMEOUT);
      assertThat(disk.health().message()).contains("smaller");
      assertThat(disk.geometry().blocks()).isEqualTo(BLOCKS);
    }
  }
}
