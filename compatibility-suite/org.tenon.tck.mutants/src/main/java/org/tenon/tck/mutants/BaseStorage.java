package org.tenon.tck.mutants;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;

/**
 * The image file: offsets and lengths in bytes, whole blocks. Called by the threads of all queues.
 */
class BaseStorage {
  /** The logical block, in bytes. */
  static final int BLOCK = 512;

  private static final int ZEROES_AT_ONCE = 64 << 10;

  private final FileChannel channel;
  private final boolean cached;

  BaseStorage(FileChannel channel, BlockAgreement agreement) {
    this.channel = channel;
    this.cached = agreement.has(BlockCapabilities.FLUSH);
  }

  final FileChannel channel() {
    return channel;
  }

  void read(int queue, ByteBuffer target, long offset) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, offset + target.position()) < 0) {
        throw new EOFException("the image ends at " + channel.size());
      }
    }
  }

  /** One change at a time: a block that two requests write holds the data of one of them. */
  synchronized void write(int queue, ByteBuffer data, long offset, boolean fua) throws IOException {
    put(data, offset);
    settle(queue, fua);
  }

  void zero(int queue, long offset, long length, boolean fua) throws IOException {
    synchronized (this) {
      for (long at = 0; at < length; at += ZEROES_AT_ONCE) {
        put(ByteBuffer.allocate((int) Math.min(ZEROES_AT_ONCE, length - at)), offset + at);
      }
    }
    settle(queue, fua);
  }

  void discard(int queue, long offset, long length) throws IOException {
    zero(queue, offset, length, false);
  }

  void flush(int queue) throws IOException {
    channel.force(false);
  }

  /** What was changed is durable now, if it has to be. */
  void settle(int queue, boolean fua) throws IOException {
    if (fua || !cached) {
      channel.force(false);
    }
  }

  /** Writes all of it. */
  void put(ByteBuffer data, long offset) throws IOException {
    while (data.hasRemaining()) {
      channel.write(data, offset + data.position());
    }
  }

  /** The guest is forgotten; nothing of it is kept here. */
  void reset() {}

  void close() throws IOException {
    channel.close();
  }
}
