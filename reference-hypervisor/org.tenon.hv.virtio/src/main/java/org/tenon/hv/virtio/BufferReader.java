package org.tenon.hv.virtio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Reads the device-readable bytes of a buffer from the first to the last, wherever descriptors
 * divide them (2.7.4.1). Made once and aimed at each buffer; no method allocates. What is read is
 * the guest's word.
 */
public final class BufferReader {
  private DescriptorChain chain = new DescriptorChain(0);
  private int element;
  private long within;
  private long left;

  /** A reader of nothing. */
  public BufferReader() {}

  /** Begins with the first byte of {@code buffer}, which is not refilled while it is read. */
  public void aim(DescriptorChain buffer) {
    chain = buffer;
    element = 0;
    within = 0;
    left = buffer.readableBytes();
  }

  /** Bytes not read yet. */
  public long left() {
    return left;
  }

  /** A little-endian number of {@code bytes} bytes, 1 to 8, which must be {@link #left}. */
  public long number(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (chain.region(element).segment().get(JAVA_BYTE, at()) & 0xffL) << (8 * i);
      advance(1);
    }
    return value;
  }

  /** Copies {@code bytes} bytes, which must be {@link #left}, to {@code offset} of {@code into}. */
  public void copy(MemorySegment into, long offset, long bytes) {
    long done = 0;
    while (done < bytes) {
      long piece = Math.min(chain.length(element) - within, bytes - done);
      MemorySegment.copy(chain.region(element).segment(), at(), into, offset + done, piece);
      advance(piece);
      done += piece;
    }
  }

  private long at() {
    return chain.offset(element) + within;
  }

  private void advance(long bytes) {
    left -= bytes;
    within += bytes;
    if (within == chain.length(element)) {
      within = 0;
      element++;
    }
  }
}
