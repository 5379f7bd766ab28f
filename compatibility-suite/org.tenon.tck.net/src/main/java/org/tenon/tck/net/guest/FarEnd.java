package org.tenon.tck.net.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.tenon.kit.testing.wire.Station;

/**
 * The services of far at a wire's own station: at one port it says the sum of what it is sent, at
 * another it gives the data, at a third their beginning. Each connection has a thread, which ends
 * with it.
 */
final class FarEnd implements AutoCloseable {
  private static final int SUM_PORT = 7001;
  private static final int DATA_PORT = 7002;
  private static final int HEAD_PORT = 7003;

  private final List<ServerSocketChannel> ports = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  FarEnd(Station station, byte[] data, byte[] head) throws IOException {
    try {
      serve(station.listen(SUM_PORT), FarEnd::sum);
      serve(station.listen(DATA_PORT), connection -> give(connection, data));
      serve(station.listen(HEAD_PORT), connection -> give(connection, head));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** What is done with a connection. */
  @FunctionalInterface
  private interface Service {
    void serve(SocketChannel connection) throws IOException;
  }

  private void serve(ServerSocketChannel port, Service service) {
    ports.add(port);
    thread(() -> {
      while (true) {
        SocketChannel connection = port.accept();
        thread(() -> {
          try (connection) {
            service.serve(connection);
          }
        });
      }
    });
  }

  /** Ends where a connection or the port itself is closed. */
  private void thread(IoWork work) {
    Thread.ofVirtual()
        .name("far-end-" + connections.getAndIncrement())
        .start(() -> {
          try {
            work.run();
          } catch (IOException e) {
            // The guest, or the end of the test, has closed it.
          }
        });
  }

  /** Something that talks. */
  @FunctionalInterface
  private interface IoWork {
    void run() throws IOException;
  }

  private static void sum(SocketChannel connection) throws IOException {
    MessageDigest digest = md5();
    InputStream in = Channels.newInputStream(connection);
    byte[] part = new byte[1 << 16];
    for (int read = in.read(part); read >= 0; read = in.read(part)) {
      digest.update(part, 0, read);
    }
    String sum = HexFormat.of().formatHex(digest.digest()) + "\n";
    connection.write(ByteBuffer.wrap(sum.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void give(SocketChannel connection, byte[] bytes) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    while (all.hasRemaining()) {
      connection.write(all);
    }
    connection.shutdownOutput();
    connection.read(ByteBuffer.allocate(1));
  }

  /** The sum as the guest writes it. */
  static String sumOf(byte[] bytes) {
    return HexFormat.of().formatHex(md5().digest(bytes));
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  @Override
  public void close() {
    for (ServerSocketChannel port : ports) {
      try {
        port.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
