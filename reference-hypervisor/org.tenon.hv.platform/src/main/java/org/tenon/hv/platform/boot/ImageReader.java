package org.tenon.hv.platform.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads little-endian fields of a kernel file; whatever lies beyond its end is one clear error. */
final class ImageReader {
  private final ByteBuffer bytes;

  ImageReader(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return bytes.limit();
  }

  boolean has(long offset, long length) {
    return offset >= 0 && length >= 0 && length <= size() && offset <= size() - length;
  }

  private int at(long offset, int length) throws BootException {
    if (!has(offset, length)) {
      throw truncated(offset, length);
    }
    return (int) offset;
  }

  int u8(long offset) throws BootException {
    return bytes.get(at(offset, 1)) & 0xff;
  }

  int u16(long offset) throws BootException {
    return bytes.getShort(at(offset, 2)) & 0xffff;
  }

  long u32(long offset) throws BootException {
    return Integer.toUnsignedLong(bytes.getInt(at(offset, 4)));
  }

  long u64(long offset) throws BootException {
    return bytes.getLong(at(offset, 8));
  }

  /** A part of the file. */
  ByteBuffer slice(long offset, long length) throws BootException {
    if (!has(offset, length)) {
      throw truncated(offset, length);
    }
    return bytes.slice((int) offset, (int) length);
  }

  boolean startsWith(long offset, String ascii) {
    byte[] wanted = ascii.getBytes(StandardCharsets.ISO_8859_1);
    return has(offset, wanted.length)
        && bytes.slice((int) offset, wanted.length).equals(ByteBuffer.wrap(wanted));
  }

  private BootException truncated(long offset, long length) {
    return new BootException(
        "the kernel file is truncated: it has %d bytes, and its header refers to %d bytes at offset %d; fetch it again"
            .formatted(size(), length, offset));
  }
}
