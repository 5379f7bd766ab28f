package org.tenon.samples.e1000;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.samples.e1000.Gigabit.Received;
import org.tenon.spi.DriverException;

/** The cable: real sockets, and at the other end a test that knows QEMU's framing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WireTest {
  private static final int LINK = 2;
  private static final byte[] FRAME = Gigabit.frame(Gigabit.STATION + "0200000000aa" + "88b5", 500);

  @TempDir Path folder;

  private static Gigabit card(String end, Path socket) throws DriverException {
    Gigabit card = new Gigabit(Map.of("mac", Gigabit.MAC, end, socket.toString()));
    card.setUp(Gigabit.RECEIVE | 1 << 26);
    return card;
  }

  private static void until(Gigabit card, BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      card.device.settle();
      Thread.onSpinWait();
    }
  }

  private static void awaitLink(Gigabit card, boolean up) {
    until(card, () -> (card.read(Registers.STATUS) & LINK) != 0 == up);
  }

  private static SocketChannel connect(Path socket) throws IOException {
    SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX);
    peer.connect(UnixDomainSocketAddress.of(socket));
    return peer;
  }

  private static byte[] read(SocketChannel peer) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(4);
    while (length.hasRemaining()) {
      assertThat(peer.read(length)).isPositive();
    }
    ByteBuffer frame = ByteBuffer.allocate(length.getInt(0));
    while (frame.hasRemaining()) {
      assertThat(peer.read(frame)).isPositive();
    }
    return frame.array();
  }

  private static void write(SocketChannel peer, byte[] frame) throws IOException {
    peer.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).flip());
  }

  @Test
  void framesGoBothWaysAndTheLinkFollowsTheOtherEnd() throws Exception {
    Path socket = folder.resolve("wire");
    try (Gigabit card = card("listen", socket)) {
      assertThat(card.read(Registers.STATUS) & LINK).isZero();
      try (SocketChannel peer = connect(socket)) {
        awaitLink(card, true);
        assertThat(card.read(Registers.ICR) & InterruptCause.LINK).isNotZero();
        card.send(FRAME);
        assertThat(read(peer)).isEqualTo(FRAME);
        write(peer, FRAME);
        write(peer, FRAME);
        until(card, () -> card.word(Gigabit.RECEIVE_RING, 1, 3) != 0);
        assertThat(card.take()).extracting(Received::bytes).containsExactly(FRAME, FRAME);
      }
      awaitLink(card, false);
      try (SocketChannel again = connect(socket)) {
        awaitLink(card, true);
        card.send(FRAME);
        assertThat(read(again)).isEqualTo(FRAME);
      }
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void itFindsWhoeverListensLater() throws Exception {
    Path socket = folder.resolve("wire");
    try (Gigabit card = card("connect", socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      try (SocketChannel peer = server.accept()) {
        awaitLink(card, true);
        card.send(FRAME);
        assertThat(read(peer)).isEqualTo(FRAME);
      }
    }
  }

  /** More than the ring holds: what finds no descriptor waits, and nothing is lost. */
  @Test
  void framesWaitForTheGuest() throws Exception {
    Path socket = folder.resolve("wire");
    int count = 3 * Gigabit.RING;
    try (Gigabit card = card("listen", socket);
        SocketChannel peer = connect(socket)) {
      awaitLink(card, true);
      for (int i = 0; i < count; i++) {
        byte[] frame = FRAME.clone();
        frame[20] = (byte) i;
        write(peer, frame);
      }
      for (int i = 0; i < count; ) {
        card.device.settle();
        List<Received> some = card.take();
        for (Received one : some) {
          assertThat(one.bytes()[20]).isEqualTo((byte) i++);
        }
      }
      assertThat(card.read(Statistics.MISSED)).isZero();
    }
  }

  /** While the other end reads nothing, the ring stands still and says why. */
  @Test
  void theGuestWaitsForTheOtherEnd() throws Exception {
    Path socket = folder.resolve("wire");
    int paused = 1 << 4;
    try (Gigabit card = card("listen", socket);
        SocketChannel peer = connect(socket)) {
      awaitLink(card, true);
      int sent = 0;
      while ((card.read(Registers.STATUS) & paused) == 0) {
        card.send(FRAME);
        sent++;
      }
      int waiting =
          (card.read(Registers.TDT) - card.read(Registers.TDH) + Gigabit.RING) % Gigabit.RING;
      assertThat(waiting).isEqualTo(1);
      for (int i = 0; i < sent; i++) {
        card.device.settle();
        assertThat(read(peer)).isEqualTo(FRAME);
      }
      until(card, () -> card.read(Registers.TDT) == card.read(Registers.TDH));
      assertThat(card.read(Registers.STATUS) & paused).isZero();
    }
  }

  @Test
  void whoSpeaksSomethingElseIsLeft() throws Exception {
    Path socket = folder.resolve("wire");
    try (Gigabit card = card("listen", socket);
        SocketChannel peer = connect(socket)) {
      awaitLink(card, true);
      peer.write(ByteBuffer.allocate(4).putInt(0, -1));
      assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      awaitLink(card, false);
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> card("listen", file))
        .isInstanceOf(DriverException.class)
        .hasMessageStartingWith("cannot listen at " + file);
    Map<String, String> both = Map.of("listen", "/tmp/a", "connect", "/tmp/a");
    assertThatThrownBy(() -> new Gigabit(both))
        .hasMessage("give 'listen' or 'connect', not both: a cable has two ends");
    assertThatThrownBy(() -> new Gigabit(Map.of("mac", "01:00:00:00:00:00")))
        .hasMessageContaining("no station's address");
  }
}
