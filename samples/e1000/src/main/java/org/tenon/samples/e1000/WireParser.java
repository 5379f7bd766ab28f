package org.tenon.samples.e1000;

import java.nio.ByteBuffer;

/**
 * Finds the frames in what a socket brought: each comes after its length, 32 bits in big-endian
 * order, as QEMU's stream back end has them. For one thread.
 */
final class WireParser {
  /** The longest that QEMU sends: 64 KiB, and its headers. */
  static final int LONGEST = 0x10000 + 4096;

  /** The other end does not speak this. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /** Takes a frame. */
  @FunctionalInterface
  interface Sink {
    /** Takes it; the bytes are the parser's again afterwards. */
    void frame(byte[] bytes, int start, int length);
  }

  private final ByteBuffer buffer = ByteBuffer.allocate(2 * (FrameQueue.PREFIX + LONGEST));

  /** Where the socket's next bytes go; never full. */
  ByteBuffer input() {
    return buffer;
  }

  /** Hands on every frame that is complete. */
  void parse(Sink sink) throws Malformed {
    buffer.flip();
    while (buffer.remaining() >= FrameQueue.PREFIX) {
      int length = buffer.getInt(buffer.position());
      if (length <= 0 || length > LONGEST) {
        throw new Malformed(
            "a frame of %d bytes; 1 to %d are possible"
                .formatted(Integer.toUnsignedLong(length), LONGEST));
      }
      if (buffer.remaining() < FrameQueue.PREFIX + length) {
        break;
      }
      sink.frame(buffer.array(), buffer.position() + FrameQueue.PREFIX, length);
      buffer.position(buffer.position() + FrameQueue.PREFIX + length);
    }
    buffer.compact();
  }
}
