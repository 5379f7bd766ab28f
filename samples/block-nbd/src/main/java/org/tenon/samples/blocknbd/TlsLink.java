package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/** TLS over a socket. Encryption copies the data; nothing else about the driver changes. */
final class TlsLink implements Link {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer arrived;
  private final ByteBuffer plain;
  private final ByteBuffer leaving;

  TlsLink(SocketChannel channel, SSLEngine engine) {
    this.channel = channel;
    this.engine = engine;
    this.arrived = ByteBuffer.allocateDirect(engine.getSession().getPacketBufferSize());
    this.plain = ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize()).limit(0);
    this.leaving =
        ByteBuffer.allocateDirect(2 * engine.getSession().getPacketBufferSize()).limit(0);
  }

  /** Agrees on keys, and checks who the server is. */
  void handshake(Waiter waiter) throws IOException {
    engine.beginHandshake();
    while (isHandshaking()) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> wrap(new ByteBuffer[] {NOTHING}, 0, 1);
        case NEED_TASK -> runTasks();
        default -> {
          int step = unwrap();
          if (step < 0) {
            throw new ProtocolException(
                "the server closed the connection during the TLS handshake");
          }
          if (step == 0 && isHandshaking() && !plain.hasRemaining()) {
            waiter.await(SelectionKey.OP_READ);
          }
        }
      }
      while (hasUnsent()) {
        waiter.await(SelectionKey.OP_WRITE);
      }
    }
  }

  private boolean isHandshaking() {
    return switch (engine.getHandshakeStatus()) {
      case NOT_HANDSHAKING, FINISHED -> false;
      default -> true;
    };
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    while (!plain.hasRemaining()) {
      int step = unwrap();
      if (step <= 0) {
        return step;
      }
    }
    int count = Math.min(into.remaining(), plain.remaining());
    into.put(into.position(), plain, plain.position(), count);
    into.position(into.position() + count);
    plain.position(plain.position() + count);
    return count;
  }

  /** Decrypts one record: 1 if something happened, 0 if more must arrive, −1 at the end. */
  private int unwrap() throws IOException {
    arrived.flip();
    plain.clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(arrived, plain);
    } finally {
      arrived.compact();
      plain.flip();
    }
    switch (result.getHandshakeStatus()) {
      case NEED_TASK -> runTasks();
      case NEED_WRAP -> wrap(new ByteBuffer[] {NOTHING}, 0, 1);
      default -> {}
    }
    return switch (result.getStatus()) {
      case OK -> 1;
      case CLOSED -> -1;
      case BUFFER_UNDERFLOW -> Integer.signum(channel.read(arrived));
      case BUFFER_OVERFLOW -> throw new ProtocolException("the server's TLS record is too long");
    };
  }

  @Override
  public long write(ByteBuffer[] from, int first, int count) throws IOException {
    return hasUnsent() ? 0 : wrap(from, first, count);
  }

  private long wrap(ByteBuffer[] from, int first, int count) throws IOException {
    leaving.compact();
    SSLEngineResult result;
    try {
      result = engine.wrap(from, first, count, leaving);
    } finally {
      leaving.flip();
    }
    hasUnsent();
    if (result.getStatus() == SSLEngineResult.Status.CLOSED && result.bytesProduced() == 0) {
      throw new ProtocolException("the server has closed the TLS connection");
    }
    return result.bytesConsumed();
  }

  @Override
  public boolean hasUnsent() throws IOException {
    if (leaving.hasRemaining()) {
      channel.write(leaving);
    }
    return leaving.hasRemaining();
  }

  @Override
  public void shutdownOutput() throws IOException {
    engine.closeOutbound();
    wrap(new ByteBuffer[] {NOTHING}, 0, 1);
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
