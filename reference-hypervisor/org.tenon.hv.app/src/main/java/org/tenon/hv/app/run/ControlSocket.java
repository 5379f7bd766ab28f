package org.tenon.hv.app.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;

/**
 * A Unix socket that takes commands, a line each, and answers each with one line or more; its file
 * is its user's alone. Each connection has a thread, and ends with its last line.
 */
public final class ControlSocket implements AutoCloseable {
  private final Path path;
  private final ServerSocketChannel server;
  private final UnaryOperator<String> answer;

  private ControlSocket(Path path, ServerSocketChannel server, UnaryOperator<String> answer) {
    this.path = path;
    this.server = server;
    this.answer = answer;
  }

  /**
   * Begins to listen.
   *
   * @param path of the socket; there must be nothing
   * @param answer what to say to a command, without a line's end; must not throw; called by any
   *     thread
   * @throws IOException when there is something at {@code path}, or no socket can be made there
   */
  public static ControlSocket open(Path path, UnaryOperator<String> answer) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    ControlSocket socket = new ControlSocket(path, server, answer);
    Thread.ofVirtual().name("control").start(socket::listen);
    return socket;
  }

  private void listen() {
    while (true) {
      try {
        SocketChannel client = server.accept();
        Thread.ofVirtual().name("control-client").start(() -> serve(client));
      } catch (IOException e) {
        // The run is over.
        return;
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
        OutputStream out = Channels.newOutputStream(client)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write((answer.apply(line) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client has gone, and takes no answer.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
