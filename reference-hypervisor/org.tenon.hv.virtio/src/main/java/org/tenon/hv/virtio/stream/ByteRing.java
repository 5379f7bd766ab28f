package org.tenon.hv.virtio.stream;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.BufferWriter;

/**
 * Bytes in order, from one thread that puts them in to one that takes them out; one of the two is
 * the run loop's, the other the host's. No method blocks or allocates.
 */
public final class ByteRing {
  private final int capacity;

  /** The host's thread moves its limit and position. */
  private final ByteBuffer bytes;

  private final MemorySegment segment;

  /** Bytes taken out, and put in, since the beginning; each written by one thread. */
  private volatile long taken;

  private volatile long put;

  /** An empty ring for {@code capacity} bytes, a power of two. */
  ByteRing(int capacity) {
    this.capacity = capacity;
    bytes = ByteBuffer.allocateDirect(capacity);
    segment = MemorySegment.ofBuffer(bytes.duplicate());
  }

  /** How many bytes can be taken out. */
  public int used() {
    return (int) (put - taken);
  }

  /** For how many more bytes there is room. */
  public int free() {
    return capacity - used();
  }

  /** How many bytes have ever been taken out. */
  public long taken() {
    return taken;
  }

  /** Puts in what a driver sent, as far as there is room. Run-loop thread. Answers how much. */
  public int put(BufferReader from) {
    return put(from, from.left());
  }

  /**
   * Puts in at most {@code most} bytes of what a driver sent. Run-loop thread. Answers how many.
   */
  public int put(BufferReader from, long most) {
    int count = (int) Math.min(Math.min(from.left(), most), free());
    long before = put;
    int at = index(before);
    int first = Math.min(count, capacity - at);
    from.copy(segment, at, first);
    from.copy(segment, 0, count - first);
    put = before + count;
    return count;
  }

  /** Takes out at most {@code most} bytes for a driver. Run-loop thread. Answers how many. */
  public int take(BufferWriter into, long most) {
    int count = (int) Math.min(Math.min(into.left(), most), used());
    long before = taken;
    int at = index(before);
    int first = Math.min(count, capacity - at);
    into.copy(segment, at, first);
    into.copy(segment, 0, count - first);
    taken = before + count;
    return count;
  }

  /** Puts one byte in; there must be room. */
  public void put(byte value) {
    long before = put;
    segment.set(JAVA_BYTE, index(before), value);
    put = before + 1;
  }

  /** Takes one byte out; there must be one. */
  public byte take() {
    long before = taken;
    byte value = segment.get(JAVA_BYTE, index(before));
    taken = before + 1;
    return value;
  }

  /**
   * Reads once into free room, of which there must be some. Host's thread. Answers -1 at the end.
   */
  int fill(ReadableByteChannel from) throws IOException {
    long before = put;
    int at = index(before);
    bytes.limit(at + Math.min(free(), capacity - at)).position(at);
    int count = from.read(bytes);
    bytes.clear();
    put = before + Math.max(0, count);
    return count;
  }

  /** Writes once what is there, which must be something. Host's thread. Answers how much it was. */
  int drain(WritableByteChannel to) throws IOException {
    long before = taken;
    int at = index(before);
    bytes.limit(at + Math.min(used(), capacity - at)).position(at);
    int count = to.write(bytes);
    bytes.clear();
    taken = before + count;
    return count;
  }

  private int index(long position) {
    return (int) position & (capacity - 1);
  }
}
