package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;

/** Servers that lie, dawdle and repeat themselves. The test plays them, step by step. */
@Timeout(60)
class HostileServerTest {
  private static final Deadlines IMPATIENT =
      new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(3));
  private static final byte[] ONES = new byte[512];
  private static final byte[] TWOS = new byte[512];

  static {
    Arrays.fill(ONES, (byte) 1);
    Arrays.fill(TWOS, (byte) 2);
  }

  @TempDir Path folder;
  private ScriptedServer server;

  @BeforeEach
  void listen() throws IOException {
    server = new ScriptedServer(folder.resolve("socket"));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private BlockHarness.Builder driver() {
    return BlockHarness.of(new NbdBlockDriverFactory())
        .setting("uri", "nbd+unix:///?socket=" + folder.resolve("socket"))
        .offer(BlockOffer.of(BlockCapabilities.ALL, 1, 8))
        .deadlines(IMPATIENT);
  }

  private static <T> CompletableFuture<T> aside(Callable<T> work) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return work.call();
      } catch (Exception e) {
        throw new CompletionException(e);
      }
    });
  }

  /**
   * A write that the guest was told the end of may still be carried out. What overlaps it waits
   * until the server has answered; the rest does not.
   */
  @Test
  void anOldWriteDoesNotOvertakeANewOne() throws Exception {
    CompletableFuture<ScriptedServer.Peer> accepted = aside(() -> server.accept().shakeHands());
    try (BlockHarness disk = driver().open()) {
      ScriptedServer.Peer peer = accepted.join();
      Submission old = disk.submit(0, BlockRequest.write(5, 1, ONES));
      ScriptedServer.Command slow = peer.next();
      assertThat(old.await().status()).isEqualTo(Status.TIMEOUT);

      Submission overlapping = disk.submit(0, BlockRequest.write(5, 1, TWOS));
      Submission apart = disk.submit(0, BlockRequest.write(6, 1, TWOS));
      ScriptedServer.Command first = peer.next();
      assertThat(first.offset()).as("what does not overlap goes ahead").isEqualTo(6 * 512);
      peer.answer(first, 0);
      assertThat(apart.await().isOk()).isTrue();
      assertThat(peer.in().available()).isZero();

      peer.answer(slow, 0);
      ScriptedServer.Command second = peer.next();
      assertThat(second.data()).isEqualTo(ByteBuffer.wrap(TWOS));
      peer.answer(second, 0);
      assertThat(overlapping.await().isOk()).isTrue();
    }
  }

  /** Nothing is replayed before the server has closed the broken connection, too. */
  @ParameterizedTest
  @ValueSource(strings = {"unknown cookie", "no magic", "answered twice"})
  void whatWasNotAnsweredIsSentAgainOnce(String lie) throws Exception {
    CompletableFuture<ScriptedServer.Peer> accepted = aside(() -> server.accept().shakeHands());
    try (BlockHarness disk = driver().open()) {
      ScriptedServer.Peer peer = accepted.join();
      Submission answered = disk.submit(0, BlockRequest.write(1, 1, ONES));
      ScriptedServer.Command known = peer.next();
      peer.answer(known, 0);
      assertThat(answered.await().isOk()).isTrue();
      Submission pending = disk.submit(0, BlockRequest.write(2, 1, TWOS));
      ScriptedServer.Command lost = peer.next();
      switch (lie) {
        case "unknown cookie" ->
            peer.answer(new ScriptedServer.Command(1, 0, lost.cookie() + 1, 0, lost.data()), 0);
        case "no magic" -> peer.out().writeLong(0);
        default -> peer.answer(known, 0);
      }
      peer.out().writeLong(0);
      peer.out().flush();
      assertThat(peer.in().read()).as("the driver hangs up").isEqualTo(-1);
      assertThat(pending.isDone()).isFalse();
      peer.close();

      ScriptedServer.Peer next = server.accept().shakeHands();
      ScriptedServer.Command again = next.next();
      assertThat(again.offset()).isEqualTo(lost.offset());
      assertThat(again.data()).isEqualTo(ByteBuffer.wrap(TWOS));
      next.answer(again, 0);
      assertThat(pending.await().isOk()).isTrue();
    }
  }

  /** With a server that knows no FUA, a durable write is a write and then a flush. */
  @Test
  void aDurableWriteIsFlushedWhereThereIsNoFua() throws Exception {
    CompletableFuture<ScriptedServer.Peer> accepted = aside(() -> server.accept().shakeHands());
    try (BlockHarness disk = driver().open()) {
      ScriptedServer.Peer peer = accepted.join();
      Submission durable = disk.submit(0, BlockRequest.write(1, 1, ONES).fua());
      ScriptedServer.Command write = peer.next();
      assertThat(write.flags()).isZero();
      peer.answer(write, 0);
      ScriptedServer.Command flush = peer.next();
      assertThat(flush.type()).isEqualTo(Nbd.CMD_FLUSH);
      assertThat(durable.isDone()).isFalse();
      peer.answer(flush, 0);
      assertThat(durable.await().isOk()).isTrue();
    }
  }

  /** Random bytes in place of a handshake: one line, nothing left open. */
  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34, 35, 36, 37, 38})
  void aSenselessHandshakeIsRefused(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    CompletableFuture<Void> peer =
        aside(() -> {
          ScriptedServer.Peer client = server.accept();
          if (seed % 2 == 0) {
            client.out().writeLong(Nbd.NBDMAGIC);
            client.out().writeLong(Nbd.IHAVEOPT);
            client.out().writeShort(Nbd.FLAG_FIXED_NEWSTYLE);
            client.out().writeLong(Nbd.OPTION_REPLY_MAGIC);
            client.out().writeInt(Nbd.OPT_STRUCTURED_REPLY);
          }
          byte[] noise = new byte[200];
          random.nextBytes(noise);
          client.out().write(noise);
          client.out().flush();
          client.close();
          return null;
        });
    assertThatThrownBy(() -> driver().open())
        .isInstanceOf(DriverException.class)
        .message()
        .doesNotContain("\n");
    peer.join();
  }
}
