package org.tenon.hv.vswitch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;

/**
 * Writes frames into the buffers that a guest has posted, and gives them back with the frame. Used
 * under the port's lock.
 */
final class BufferWriter implements FrameWriter {
  private final NicHost host;
  private final NicMemory buffers;
  private final boolean scatters;

  /** Posted tags, oldest first from {@link #first}. */
  private final int[] tags;

  private final int[] sizes;
  private int first;
  private int count;
  private int segment;
  private int within;
  private int inBuffer;
  private int done;
  private int total;

  BufferWriter(NicHost host, int depth, boolean scatters) {
    this.host = host;
    this.scatters = scatters;
    buffers = host.buffers(0);
    tags = new int[depth];
    sizes = new int[depth];
  }

  void post(int tag) {
    int size = 0;
    for (int i = 0; i < buffers.segments(tag); i++) {
      size += buffers.length(tag, i);
    }
    tags[(first + count++) % tags.length] = tag;
    sizes[tag] = size;
  }

  /** Gives everything back without a frame. */
  void returnAll() {
    while (count > 0) {
      host.returned(0, take());
    }
  }

  private int take() {
    int tag = tags[first];
    first = (first + 1) % tags.length;
    count--;
    return tag;
  }

  @Override
  public boolean begin(int bytes) {
    long room = 0;
    for (int i = 0; i < count && room < bytes; i++) {
      if (i > 0 && !scatters) {
        return false;
      }
      room += sizes[tags[(first + i) % tags.length]];
    }
    total = bytes;
    done = 0;
    used = 0;
    rewind();
    return room >= bytes;
  }

  /** Buffers of the frame that are full. */
  private int used;

  private void rewind() {
    segment = 0;
    within = 0;
    inBuffer = 0;
  }

  @Override
  public void put(byte[] from, int offset, int bytes) {
    for (int at = offset, left = bytes; left > 0; ) {
      int tag = tags[(first + used) % tags.length];
      int piece = Math.min(left, buffers.length(tag, segment) - within);
      MemorySegment.copy(
          from,
          at,
          buffers.memory(tag, segment),
          JAVA_BYTE,
          buffers.offset(tag, segment) + within,
          piece);
      at += piece;
      left -= piece;
      advance(tag, piece);
    }
  }

  @Override
  public void put(MemorySegment from, long offset, int bytes) {
    long at = offset;
    for (int left = bytes; left > 0; ) {
      int tag = tags[(first + used) % tags.length];
      int piece = Math.min(left, buffers.length(tag, segment) - within);
      MemorySegment.copy(
          from, at, buffers.memory(tag, segment), buffers.offset(tag, segment) + within, piece);
      at += piece;
      left -= piece;
      advance(tag, piece);
    }
  }

  private void advance(int tag, int piece) {
    within += piece;
    inBuffer += piece;
    done += piece;
    if (within == buffers.length(tag, segment)) {
      within = 0;
      segment++;
    }
    if (inBuffer == sizes[tag] && done < total) {
      used++;
      rewind();
    }
  }

  @Override
  public void end(long offload) {
    int left = total;
    while (left > 0) {
      int tag = take();
      int bytes = Math.min(left, sizes[tag]);
      left -= bytes;
      host.received(0, tag, bytes, left > 0 ? NicHost.MORE : 0, offload);
    }
  }
}
