package org.tenon.hv.virtio.console;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.stream.HostStream;
import org.tenon.hv.virtio.stream.ScriptedStream;

/** The host's end of a port, played by the test. */
public final class ScriptedEnd implements PortEnd {
  private static final int RING_BYTES = 1 << 8;

  private Runnable news = () -> {};
  private @Nullable HostStream stream;
  private int left;

  /** Nobody is there. */
  public ScriptedEnd() {}

  /** Somebody comes, if nobody is there. */
  public void come() {
    if (stream == null) {
      stream = ScriptedStream.of(RING_BYTES);
      news.run();
    }
  }

  /** Whoever is there sends. */
  public void send(byte... bytes) {
    if (stream != null && !stream.isInputEnded()) {
      ScriptedStream.send(stream, bytes);
      news.run();
    }
  }

  /** Whoever is there takes bytes. */
  public byte[] take(int most) {
    byte[] taken = stream == null ? new byte[0] : ScriptedStream.take(stream, most);
    news.run();
    return taken;
  }

  /** Whoever is there goes. */
  public void go() {
    if (stream != null) {
      ScriptedStream.end(stream);
      news.run();
    }
  }

  /** How many have been let go of. */
  public int left() {
    return left;
  }

  @Override
  public void start(Runnable told) {
    news = told;
  }

  @Override
  public @Nullable HostStream stream() {
    return stream;
  }

  @Override
  public void forget() {
    if (stream != null) {
      ScriptedStream.end(stream);
      left++;
    }
    stream = null;
  }

  @Override
  public void close() {
    forget();
  }
}
