package org.tenon.hv.machine.gdb;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Packets of the remote protocol: {@code $content#checksum}, each acknowledged. A thread of its own
 * reads, so that the byte 03H (Ctrl-C) is seen while the machine runs.
 */
final class PacketChannel implements AutoCloseable {
  private static final int INTERRUPT = 3;
  private static final int LONGEST = 1 << 16;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Runnable onInterrupt;
  private volatile boolean detached;
  private final BlockingQueue<Optional<String>> packets = new LinkedBlockingQueue<>();

  /**
   * A channel over a connected socket.
   *
   * @param onInterrupt the user pressed Ctrl-C; called on the reader's thread
   */
  PacketChannel(Socket socket, Runnable onInterrupt) throws IOException {
    this.socket = socket;
    this.onInterrupt = onInterrupt;
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    Thread.ofPlatform().name("gdb-reader").daemon().start(this::readAll);
  }

  /** The next packet, or nothing when the debugger has gone. */
  Optional<String> receive() throws InterruptedException {
    return packets.take();
  }

  /**
   * From now on the guest runs by itself: neither Ctrl-C nor the end of the connection stops it.
   */
  void detach() {
    detached = true;
  }

  private void interrupt() {
    if (!detached) {
      onInterrupt.run();
    }
  }

  /** Sends a packet. */
  void send(String content) throws IOException {
    int sum = 0;
    for (int i = 0; i < content.length(); i++) {
      sum += content.charAt(i);
    }
    write("$%s#%02x".formatted(content, sum & 0xff));
  }

  private void write(String text) throws IOException {
    synchronized (out) {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
  }

  private void readAll() {
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == INTERRUPT) {
          interrupt();
        } else if (next == '$') {
          readPacket();
        }
      }
    } catch (IOException e) {
      // The debugger has gone; receive() says so.
      interrupt();
    }
    interrupt();
    packets.add(Optional.empty());
  }

  private void readPacket() throws IOException {
    StringBuilder content = new StringBuilder();
    int sum = 0;
    for (int next = in.read(); next != '#'; next = in.read()) {
      if (next < 0 || content.length() == LONGEST) {
        throw new IOException("a packet without an end");
      }
      sum += next;
      content.append((char) next);
    }
    int wanted = Character.digit(in.read(), 16) << 4 | Character.digit(in.read(), 16);
    boolean intact = wanted == (sum & 0xff);
    write(intact ? "+" : "-");
    if (intact) {
      packets.add(Optional.of(content.toString()));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
