package org.tenon.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Programs on the host that speak with a guest through Unix sockets. */
final class HostPeer {
  private HostPeer() {}

  /** Work with a connection. */
  @FunctionalInterface
  interface Talk<T> {
    /** Does it. */
    T with(SocketChannel peer) throws IOException;
  }

  /** Serves one connection on a thread of its own. */
  static <T> CompletableFuture<T> serve(Path path, Talk<T> talk) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    return async(() -> {
      try (server;
          SocketChannel peer = server.accept()) {
        return talk.with(peer);
      }
    });
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it. */
    T run() throws IOException, InterruptedException;
  }

  /** Does something on a thread of its own. */
  static <T> CompletableFuture<T> async(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            result.complete(work.run());
          } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Connects as soon as somebody listens there. */
  static SocketChannel connect(Path path) throws IOException, InterruptedException {
    awaitFile(path);
    while (true) {
      SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        peer.connect(UnixDomainSocketAddress.of(path));
        return peer;
      } catch (ConnectException e) {
        // The socket has its name and nobody listens yet: that takes a moment.
        peer.close();
        Thread.onSpinWait();
      }
    }
  }

  private static void awaitFile(Path path) throws IOException, InterruptedException {
    try (WatchService watch = path.getFileSystem().newWatchService()) {
      var _ = path.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(path)) {
        watch.take().reset();
      }
    }
  }

  /** Reads a line, without reading beyond it; what there is of one at the end. */
  static String line(SocketChannel from) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (from.read(one.clear()) == 1) {
      if (one.get(0) == '\n') {
        return line.toString();
      }
      line.append((char) one.get(0));
    }
    return line.toString();
  }

  /** Writes a line. */
  static void say(SocketChannel to, String line) throws IOException {
    to.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /** Sends seeded bytes and reads as many back at the same time; whether they are the same. */
  static boolean isEchoed(SocketChannel peer, int bytes, long seed) throws IOException {
    byte[] sent = new byte[bytes];
    new Random(seed).nextBytes(sent);
    CompletableFuture<Void> writing =
        async(() -> {
          peer.write(ByteBuffer.wrap(sent));
          return null;
        });
    ByteBuffer received = ByteBuffer.allocate(bytes);
    while (received.hasRemaining() && peer.read(received) >= 0) {
      Thread.onSpinWait();
    }
    writing.join();
    return !received.hasRemaining() && Arrays.equals(received.array(), sent);
  }

  /** Sends back what comes until the other side ends. Answers how much it was. */
  static long echo(SocketChannel peer) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    long all = 0;
    try {
      while (peer.read(buffer.clear()) >= 0) {
        all += buffer.flip().remaining();
        peer.write(buffer);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
