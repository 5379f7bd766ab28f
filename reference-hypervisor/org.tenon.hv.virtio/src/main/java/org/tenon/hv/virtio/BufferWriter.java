package org.tenon.hv.virtio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Writes the device-writable bytes of a buffer from the first to the last, wherever descriptors
 * divide them (2.7.4.1), and notes what is dirty. Made once and aimed at each buffer; no method
 * allocates.
 */
public final class BufferWriter {
  private DescriptorChain chain = new DescriptorChain(0);
  private int element;
  private long within;
  private long left;

  /** A writer of nothing. */
  public BufferWriter() {}

  /** Begins with the first byte of {@code buffer}, which is not refilled meanwhile. */
  public void aim(DescriptorChain buffer) {
    chain = buffer;
    element = buffer.readableCount();
    within = 0;
    left = buffer.writableBytes();
  }

  /** Bytes not written yet. */
  public long left() {
    return left;
  }

  /** Bytes written: what {@link Virtqueue#push} is told. */
  public long written() {
    return chain.writableBytes() - left;
  }

  /** Writes a little-endian number of {@code bytes} bytes, 1 to 8, for which there must be room. */
  public void number(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      chain.region(element).segment().set(JAVA_BYTE, at(), (byte) (value >>> (8 * i)));
      advance(1);
    }
  }

  /**
   * Copies {@code bytes} bytes, for which there must be room, from {@code offset} of {@code from}.
   */
  public void copy(MemorySegment from, long offset, long bytes) {
    long done = 0;
    while (done < bytes) {
      long piece = Math.min(chain.length(element) - within, bytes - done);
      MemorySegment.copy(from, offset + done, chain.region(element).segment(), at(), piece);
      advance(piece);
      done += piece;
    }
  }

  private long at() {
    return chain.offset(element) + within;
  }

  private void advance(long bytes) {
    chain.region(element).markDirty(at(), bytes);
    left -= bytes;
    within += bytes;
    if (within == chain.length(element)) {
      within = 0;
      element++;
    }
  }
}
