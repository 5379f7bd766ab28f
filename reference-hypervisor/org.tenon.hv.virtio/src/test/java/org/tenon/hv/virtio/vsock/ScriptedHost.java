package org.tenon.hv.virtio.vsock;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostStream;
import org.tenon.hv.virtio.stream.ScriptedStream;

/** The host's programs, played by the test. */
public final class ScriptedHost implements VsockHost {
  private static final int RING_BYTES = VsockConnection.RING_BYTES;

  private final Deque<HostStream> arrived = new ArrayDeque<>();
  private final List<HostStream> all = new ArrayList<>();
  private final List<Long> ports = new ArrayList<>();
  private Runnable news = () -> {};
  private boolean refusing;

  /** Nobody has come. */
  public ScriptedHost() {}

  /** Somebody comes and sends. */
  public HostStream come(String greeting) {
    HostStream stream = ScriptedStream.of(RING_BYTES);
    all.add(stream);
    arrived.add(stream);
    send(stream, greeting.getBytes(StandardCharsets.UTF_8));
    return stream;
  }

  /** A program sends. */
  public void send(HostStream stream, byte... bytes) {
    if (!stream.isInputEnded()) {
      ScriptedStream.send(stream, bytes);
    }
    news.run();
  }

  /** A program takes bytes. */
  public byte[] take(HostStream stream, int most) {
    byte[] taken = ScriptedStream.take(stream, most);
    news.run();
    return taken;
  }

  /** A program goes. */
  public void go(HostStream stream) {
    ScriptedStream.end(stream);
    news.run();
  }

  /** Whether nobody serves any port. */
  public void refuse(boolean now) {
    refusing = now;
  }

  /** Every connection there has been. */
  public List<HostStream> streams() {
    return all;
  }

  /** The ports that the guest asked for. */
  public List<Long> ports() {
    return ports;
  }

  @Override
  public void start(Runnable told) {
    news = told;
  }

  @Override
  public @Nullable HostStream next() {
    return arrived.poll();
  }

  @Override
  public HostStream connect(long port) {
    ports.add(port);
    HostStream stream = refusing ? ScriptedStream.refused() : ScriptedStream.of(RING_BYTES);
    all.add(stream);
    news.run();
    return stream;
  }

  @Override
  public void close() {
    all.forEach(ScriptedStream::end);
  }
}
