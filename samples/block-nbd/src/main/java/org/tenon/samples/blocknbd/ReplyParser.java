package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server's replies, simple and structured, in whatever pieces they arrive. Nothing is
 * believed: magic numbers, cookies, lengths and ranges are checked before a byte reaches guest
 * memory, and a read succeeds only if each of its bytes came exactly once. For the connection's
 * thread.
 */
final class ReplyParser {
  /** Who knows the exchanges. */
  interface Ledger {
    /** The exchange that was sent whole with that cookie; null if there is none. */
    @Nullable Exchange find(long cookie);

    /**
     * The reply is complete; {@code error} is the server's errno, 0 for success. The exchange is
     * the ledger's again.
     */
    void finished(Exchange exchange, int error);
  }

  private static final int SIMPLE_HEAD = 16;
  private static final int STRUCTURED_HEAD = 20;
  private static final int DATA_HEAD = 8;
  private static final int HOLE_HEAD = 12;
  private static final int ERROR_HEAD = 6;
  private static final int SCRATCH = 64 << 10;

  private enum Stage {
    HEAD,
    CHUNK_HEAD,
    DATA,
    SKIP
  }

  private final Ledger ledger;
  private final boolean structured;
  private final MemoryViews views = new MemoryViews(1);
  private final ByteBuffer head = ByteBuffer.allocateDirect(STRUCTURED_HEAD);
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);

  private Stage stage = Stage.HEAD;
  private @Nullable Exchange exchange;
  private boolean done;
  private int type;
  private long chunkLength;
  private long position;
  private long left;

  /**
   * For one connection.
   *
   * @param structured whether structured replies were agreed
   */
  ReplyParser(Ledger ledger, boolean structured) {
    this.ledger = ledger;
    this.structured = structured;
    expect(Stage.HEAD, SIMPLE_HEAD);
  }

  /**
   * Reads all that is there.
   *
   * @return false if the server has closed the connection
   * @throws ProtocolException if the server says what it must not
   */
  boolean advance(Link link) throws IOException {
    int read;
    do {
      read = step(link);
    } while (read > 0);
    return read == 0;
  }

  private int step(Link link) throws IOException {
    return switch (stage) {
      case HEAD, CHUNK_HEAD -> {
        int read = link.read(head);
        if (!head.hasRemaining()) {
          head.flip();
          understand();
        }
        yield read;
      }
      case DATA, SKIP -> {
        int read = link.read(destination());
        if (read > 0) {
          position += read;
          left -= read;
          if (left == 0) {
            chunkDone();
          }
        }
        yield read;
      }
    };
  }

  /** Guest memory while the guest waits for it, a place to throw away otherwise. */
  private ByteBuffer destination() {
    Exchange current = current();
    if (stage == Stage.DATA && current.state != Exchange.State.GHOST) {
      return current.target(views, position, left);
    }
    return scratch.clear().limit((int) Math.min(SCRATCH, left));
  }

  private void understand() throws IOException {
    if (stage == Stage.CHUNK_HEAD) {
      chunkHead();
      return;
    }
    int magic = head.getInt(0);
    if (magic == Nbd.SIMPLE_REPLY_MAGIC) {
      simpleReply();
    } else if (magic == Nbd.STRUCTURED_REPLY_MAGIC && structured) {
      if (head.limit() < STRUCTURED_HEAD) {
        head.position(SIMPLE_HEAD).limit(STRUCTURED_HEAD);
      } else {
        chunk();
      }
    } else {
      throw new ProtocolException("the server's reply begins with 0x%08x".formatted(magic));
    }
  }

  private void simpleReply() throws IOException {
    Exchange current = find(head.getLong(8));
    current.error = head.getInt(4);
    done = true;
    if (!current.isRead() || current.error != 0) {
      chunkDone();
    } else if (structured) {
      throw new ProtocolException("the server answers a read with a simple reply");
    } else {
      cover(current, current.offset, current.length);
      data(current.length);
    }
  }

  private void chunk() throws IOException {
    Exchange current = find(head.getLong(8));
    int flags = head.getShort(4);
    type = head.getShort(6) & 0xFFFF;
    chunkLength = head.getInt(16) & 0xFFFF_FFFFL;
    done = (flags & Nbd.REPLY_FLAG_DONE) != 0;
    boolean isError = (type & Nbd.REPLY_TYPE_ERROR_BIT) != 0;
    boolean fits =
        switch (type) {
          case Nbd.REPLY_TYPE_NONE -> chunkLength == 0 && done;
          case Nbd.REPLY_TYPE_OFFSET_DATA ->
              current.isRead()
                  && chunkLength > DATA_HEAD
                  && chunkLength <= DATA_HEAD + current.length;
          case Nbd.REPLY_TYPE_OFFSET_HOLE -> current.isRead() && chunkLength == HOLE_HEAD;
          default ->
              isError
                  && chunkLength >= ERROR_HEAD
                  && chunkLength <= ERROR_HEAD + 8 + Nbd.MAX_STRING;
        };
    if (!fits) {
      throw new ProtocolException(
          "the server's reply has a chunk of type %d with %d bytes".formatted(type, chunkLength));
    }
    switch (type) {
      case Nbd.REPLY_TYPE_NONE -> chunkDone();
      case Nbd.REPLY_TYPE_OFFSET_DATA -> expect(Stage.CHUNK_HEAD, DATA_HEAD);
      case Nbd.REPLY_TYPE_OFFSET_HOLE -> expect(Stage.CHUNK_HEAD, HOLE_HEAD);
      default -> expect(Stage.CHUNK_HEAD, ERROR_HEAD);
    }
  }

  private void chunkHead() throws IOException {
    Exchange current = current();
    switch (type) {
      case Nbd.REPLY_TYPE_OFFSET_DATA -> {
        cover(current, head.getLong(0), chunkLength - DATA_HEAD);
        data(chunkLength - DATA_HEAD);
      }
      case Nbd.REPLY_TYPE_OFFSET_HOLE -> {
        long length = head.getInt(8) & 0xFFFF_FFFFL;
        cover(current, head.getLong(0), length);
        zero(current, length);
        chunkDone();
      }
      default -> error(current);
    }
  }

  private void error(Exchange current) throws IOException {
    int error = head.getInt(0);
    int message = head.getShort(4) & 0xFFFF;
    if (error == 0 || message > chunkLength - ERROR_HEAD) {
      throw new ProtocolException("the server reports an error that is none");
    }
    if (current.error == 0) {
      current.error = error;
    }
    left = chunkLength - ERROR_HEAD;
    if (left == 0) {
      chunkDone();
    } else {
      stage = Stage.SKIP;
    }
  }

  /** Checks that a piece of a read lies inside it and has not come before. */
  private void cover(Exchange current, long offset, long length) throws ProtocolException {
    long start = offset - current.offset;
    boolean inside = offset >= 0 && start >= 0 && length > 0 && length <= current.length - start;
    if (!inside || !current.coverage.add((int) start, (int) length)) {
      throw new ProtocolException(
          "the server sends data that was not asked for, or sends it twice");
    }
    position = start;
  }

  private void data(long length) {
    left = length;
    stage = Stage.DATA;
  }

  private void zero(Exchange current, long length) {
    long end = position + length;
    while (position < end && current.state != Exchange.State.GHOST) {
      ByteBuffer part = current.target(views, position, end - position);
      position += part.remaining();
      while (part.remaining() >= Long.BYTES) {
        part.putLong(0);
      }
      while (part.hasRemaining()) {
        part.put((byte) 0);
      }
    }
  }

  private void chunkDone() throws IOException {
    Exchange current = current();
    expect(Stage.HEAD, SIMPLE_HEAD);
    if (!done) {
      return;
    }
    if (current.error == 0 && current.isRead() && !current.coverage.isWhole((int) current.length)) {
      throw new ProtocolException("the server left out a part of a read");
    }
    if (current.error == Nbd.ESHUTDOWN) {
      throw new ProtocolException("the server is shutting down");
    }
    exchange = null;
    ledger.finished(current, current.error);
  }

  private Exchange find(long cookie) throws ProtocolException {
    Exchange found = ledger.find(cookie);
    if (found == null) {
      throw new ProtocolException("the server answers a request that nobody sent");
    }
    exchange = found;
    return found;
  }

  private Exchange current() {
    Exchange current = exchange;
    if (current == null) {
      throw new IllegalStateException("no reply is being read");
    }
    return current;
  }

  private void expect(Stage next, int bytes) {
    stage = next;
    head.clear().limit(bytes);
  }
}
