package org.tenon.samples.nicpcap;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.tenon.spi.net.NicMemory;

/**
 * Writes frames to a pcapng file (draft-ietf-opsawg-pcapng), stamped in nanoseconds. Frames are
 * gathered until {@link #flush()}, so that many go in one write. For one thread; blocks.
 */
final class CaptureWriter implements Closeable {
  private static final int ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int ENHANCED_FIXED = 32;
  private static final int OPTION_RESOLUTION = 9;
  private static final byte NANOSECONDS = 9;
  private static final int ROOM = 1 << 18;

  private final FileChannel channel;
  private final ByteBuffer gathered =
      ByteBuffer.allocateDirect(ROOM).order(ByteOrder.LITTLE_ENDIAN);
  private final MemorySegment gatheredMemory = MemorySegment.ofBuffer(gathered);

  /** Makes the file anew. */
  CaptureWriter(Path file) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      putHeader();
      flush();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void putHeader() {
    gathered.putInt(PcapngFormat.SECTION_HEADER).putInt(28).putInt(ORDER_MAGIC);
    gathered.putShort((short) 1).putShort((short) 0).putLong(-1).putInt(28);
    gathered.putInt(INTERFACE).putInt(32).putShort((short) CaptureReader.LINK_ETHERNET);
    gathered.putShort((short) 0).putInt(0);
    gathered.putShort((short) OPTION_RESOLUTION).putShort((short) 1);
    gathered.put(NANOSECONDS).put((byte) 0).putShort((short) 0).putInt(0).putInt(32);
  }

  /** Whether a frame of so many bytes can be added before the next flush. */
  boolean hasRoom(int length) {
    return gathered.remaining() >= ENHANCED_FIXED + padded(length);
  }

  /**
   * Adds a frame, for which there is room.
   *
   * @param nanos when it was sent, in nanoseconds since 1970
   */
  void add(NicMemory memory, int tag, int length, long nanos) {
    int block = ENHANCED_FIXED + padded(length);
    gathered.putInt(ENHANCED_PACKET).putInt(block).putInt(0);
    gathered.putInt((int) (nanos >>> 32)).putInt((int) nanos).putInt(length).putInt(length);
    for (int i = 0; i < memory.segments(tag); i++) {
      int more = memory.length(tag, i);
      MemorySegment.copy(
          memory.memory(tag, i), memory.offset(tag, i), gatheredMemory, gathered.position(), more);
      gathered.position(gathered.position() + more);
    }
    for (int i = length; i < padded(length); i++) {
      gathered.put((byte) 0);
    }
    gathered.putInt(block);
  }

  /** Writes out what was gathered. What fails to be written is given up. */
  void flush() throws IOException {
    gathered.flip();
    try {
      while (gathered.hasRemaining()) {
        channel.write(gathered);
      }
    } finally {
      gathered.clear();
    }
  }

  private static int padded(int length) {
    return length + 3 & ~3;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Every frame that was said to be on its way has been written.
    }
  }
}
