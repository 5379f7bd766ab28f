package org.tenon.hv.app.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.tenon.hv.machine.Balloon;

/**
 * A Unix socket at which the balloon of a running machine is read and set: a command a line, an
 * answer a line.
 *
 * <pre>
 * size              target=BYTES actual=BYTES
 * size 128M         the same, with the new target
 * statistics        free=BYTES total=BYTES …
 * </pre>
 *
 * An answer that begins with {@code error} says what was wrong. Each client has a thread.
 */
public final class BalloonControl implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BalloonControl.class.getName());
  private static final long PATIENCE_SECONDS = 10;

  /** Reads what a user calls a size, such as 128M. */
  @FunctionalInterface
  public interface SizeReader {
    /**
     * Bytes.
     *
     * @throws IllegalArgumentException saying how to write one
     */
    long bytes(String text);
  }

  private final Path path;
  private final Balloon balloon;
  private final SizeReader sizes;
  private final ServerSocketChannel server;

  /**
   * Listens.
   *
   * @throws IOException where the socket cannot be made, saying which and why
   */
  public BalloonControl(Path path, Balloon balloon, SizeReader sizes) throws IOException {
    this.path = path;
    this.balloon = balloon;
    this.sizes = sizes;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException | IllegalArgumentException e) {
      server.close();
      throw new IOException("cannot listen at %s: %s".formatted(path, e.getMessage()), e);
    }
    Thread.ofVirtual().name("balloon-control").start(this::accept);
  }

  private void accept() {
    try {
      while (server.isOpen()) {
        SocketChannel client = server.accept();
        Thread.ofVirtual().name("balloon-client").start(() -> serve(client));
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nobody can set the balloon any more: {0}", e.getMessage());
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(answer(line.strip()) + "\n");
        out.flush();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a client of the balloon is gone: {0}", e.getMessage());
    }
  }

  private String answer(String line) {
    try {
      if (line.equals("statistics")) {
        return await(balloon.statistics()).entrySet().stream()
            .map(Map.Entry::toString)
            .collect(Collectors.joining(" "));
      }
      if (line.equals("size")) {
        return text(await(balloon.size()));
      }
      if (line.startsWith("size ")) {
        return text(await(balloon.resize(sizes.bytes(line.substring(5).strip()))));
      }
      return "error: '" + line + "' is no command; there are size, size BYTES and statistics";
    } catch (IllegalArgumentException e) {
      return "error: " + e.getMessage();
    }
  }

  private static String text(Balloon.Size size) {
    return "target=%d actual=%d".formatted(size.target(), size.actual());
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalArgumentException(String.valueOf(e.getCause().getMessage()), e);
    } catch (TimeoutException e) {
      throw new IllegalArgumentException(
          "no answer within %d s; does the guest run, and has it a driver?"
              .formatted(PATIENCE_SECONDS),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException("interrupted", e);
    }
  }

  /** Listens no more and removes the socket. */
  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
