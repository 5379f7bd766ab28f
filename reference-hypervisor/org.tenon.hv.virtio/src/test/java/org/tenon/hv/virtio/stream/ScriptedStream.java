package org.tenon.hv.virtio.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A stream whose host is the test, on the test's thread: no socket is behind it. */
public final class ScriptedStream {
  private ScriptedStream() {}

  /**
   * A stream whose rings hold {@code ringBytes} each; close it to give the file descriptor back.
   */
  public static HostStream of(int ringBytes) {
    try {
      SocketChannel nowhere = SocketChannel.open(StandardProtocolFamily.UNIX);
      return HostStream.of(() -> {}, nowhere, ringBytes, () -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A stream to a socket at which nobody listens. */
  public static HostStream refused() {
    HostStream stream = HostStream.to(() -> {}, Path.of("nobody"), 16, () -> {});
    stream.release();
    return stream;
  }

  /** The host sends bytes, as far as there is room. */
  public static void send(HostStream stream, byte... bytes) {
    for (byte value : bytes) {
      if (stream.toGuest().free() > 0) {
        stream.toGuest().put(value);
      }
    }
  }

  /** The host takes at most {@code most} of the bytes that the guest has sent. */
  public static byte[] take(HostStream stream, int most) {
    byte[] bytes = new byte[Math.min(most, stream.fromGuest().used())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = stream.fromGuest().take();
    }
    return bytes;
  }

  /** The host is gone. */
  public static void end(HostStream stream) {
    stream.release();
  }
}
