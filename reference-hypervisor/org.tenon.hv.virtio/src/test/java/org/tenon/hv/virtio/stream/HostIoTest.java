package org.tenon.hv.virtio.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets and files of the host's. */
class HostIoTest {
  private static final int RING_BYTES = 1 << 12;

  @TempDir Path folder;

  private final HostIo io = new HostIo("test-io");
  private final Semaphore news = new Semaphore(0);
  private final BlockingQueue<SocketChannel> accepted = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    io.close();
  }

  private HostStream connect(SocketChannel client, Path path)
      throws IOException, InterruptedException {
    client.connect(UnixDomainSocketAddress.of(path));
    return io.stream(accepted.take(), RING_BYTES, news::release);
  }

  @Test
  void aConnectionCarriesEveryByteBothWaysAndItsEnd() throws IOException, InterruptedException {
    Path path = folder.resolve("socket");
    byte[] sent = new byte[300_000];
    new Random(1).nextBytes(sent);
    try (HostListener listener = io.listen(path, (by, somebody) -> accepted.add(somebody));
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      HostStream stream = connect(client, path);
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  client.write(ByteBuffer.wrap(sent));
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      echo(stream, sent.length, client, sent);
      writer.join();
      assertThat(listener.toString()).contains("socket");
    }
  }

  /** The device gives back what comes; the client reads it. */
  private void echo(HostStream stream, int bytes, SocketChannel client, byte[] expected)
      throws IOException, InterruptedException {
    Thread device =
        Thread.ofPlatform()
            .start(() -> {
              int moved = 0;
              while (moved < bytes) {
                news.acquireUninterruptibly();
                while (stream.toGuest().used() > 0 && stream.fromGuest().free() > 0) {
                  stream.fromGuest().put(stream.toGuest().take());
                  moved++;
                }
                stream.moved();
              }
              stream.endOutput();
            });
    ByteBuffer received = ByteBuffer.allocate(bytes + 1);
    while (client.read(received) >= 0) {
      assertThat(received.hasRemaining()).isTrue();
    }
    device.join();
    assertThat(Arrays.copyOf(received.array(), received.position())).isEqualTo(expected);
    while (!stream.isInputEnded()) {
      news.acquire();
    }
    assertThat(stream.isDrained()).isTrue();
    stream.close();
  }

  @Test
  void aSocketThatIsTakenIsSaidSoAndOneThatIsClosedIsGone() throws IOException {
    Path path = folder.resolve("socket");
    HostListener listener = io.listen(path, (by, somebody) -> accepted.add(somebody));
    assertThatThrownBy(() -> io.listen(path, (by, somebody) -> accepted.add(somebody)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path + ": there is a file of that name; remove it");
    listener.close();
    io.close();
    assertThat(path).doesNotExist();
  }

  @Test
  void aFileHasEverythingInTheEndThoughTheRingIsSmall() throws IOException {
    Path path = folder.resolve("file");
    HostStream stream = io.file(path, 16);
    byte[] expected = new byte[5000];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (i * 7);
      if (stream.fromGuest().free() == 0) {
        stream.awaitRoom();
      }
      stream.fromGuest().put(expected[i]);
      stream.moved();
    }
    stream.close();
    io.close();
    assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    assertThat(stream.isBroken()).isTrue();
  }

  @Test
  void aFileThatCannotBeMadeIsNamed() {
    Path path = folder.resolve("no-folder").resolve("file");
    assertThatThrownBy(() -> io.file(path, 16)).hasMessageContaining("cannot write to " + path);
  }

  @Test
  void aHandlerThatFailsEndsItsOwnConnectionAlone() throws IOException, InterruptedException {
    Path path = folder.resolve("socket");
    AtomicBoolean wrong = new AtomicBoolean(true);
    try (HostListener listener =
            io.listen(
                path,
                (by, somebody) -> {
                  if (wrong.getAndSet(false)) {
                    throw new IllegalStateException("a handler's mistake");
                  }
                  accepted.add(somebody);
                });
        SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketChannel third = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      first.connect(UnixDomainSocketAddress.of(path));
      assertThat(first.read(ByteBuffer.allocate(1))).as("the end").isEqualTo(-1);

      second.connect(UnixDomainSocketAddress.of(path));
      HostStream broken =
          io.stream(
              accepted.take(),
              RING_BYTES,
              () -> {
                throw new IllegalStateException("a device's mistake");
              });
      second.write(ByteBuffer.wrap(new byte[] {1}));
      assertThat(second.read(ByteBuffer.allocate(1))).as("the end").isEqualTo(-1);

      byte[] sent = {1, 2, 3};
      HostStream stream = connect(third, path);
      third.write(ByteBuffer.wrap(sent));
      third.shutdownOutput();
      echo(stream, sent.length, third, sent);
      assertThat(broken.isBroken()).isTrue();
      assertThat(listener.toString()).contains("socket");
    }
  }
}
