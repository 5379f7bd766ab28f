package org.tenon.samples.nicpcap;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads Ethernet frames from a capture, one after the other: pcap (draft-ietf-opsawg-pcap) in
 * either byte order, in micro- or nanoseconds, and pcapng (draft-ietf-opsawg-pcapng). The file is
 * believed in nothing. For one thread; blocks.
 */
final class CaptureReader implements Closeable {
  /** The longest frame that a capture holds, as tcpdump has it. */
  static final int LONGEST = 262_144;

  static final int LINK_ETHERNET = 1;

  private static final int PCAP_MICROS = 0xa1b2c3d4;
  private static final int PCAP_NANOS = 0xa1b23c4d;

  private final String name;
  private final InputStream in;
  private final byte[] bytes = new byte[LONGEST + 64];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
  private Format format = reader -> false;
  private long position;

  // The frame at hand.
  private int offset;
  private int length;
  private long originalLength;
  private long nanos;

  /** The way in which frames lie in a file. */
  interface Format {
    /** Reads the next frame; false at the end of the file. */
    boolean next(CaptureReader reader) throws IOException;
  }

  private CaptureReader(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  /**
   * Opens a capture and reads its header.
   *
   * @throws CaptureException if it is none
   */
  static CaptureReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    CaptureReader reader = new CaptureReader(file.toString(), in);
    try {
      reader.format = reader.begin();
      return reader;
    } catch (IOException e) {
      reader.close();
      throw e;
    }
  }

  /** A capture without a frame. */
  static CaptureReader ofNothing() {
    return new CaptureReader("nothing", InputStream.nullInputStream());
  }

  private Format begin() throws IOException {
    if (!read(0, Integer.BYTES, "the header")) {
      throw damaged("the file is empty");
    }
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      int magic = buffer.order(order).getInt(0);
      if (magic == PCAP_MICROS || magic == PCAP_NANOS) {
        return PcapFormat.begin(this, magic == PCAP_NANOS ? 1 : 1000);
      }
    }
    if (buffer.getInt(0) == PcapngFormat.SECTION_HEADER) {
      return PcapngFormat.begin(this);
    }
    throw damaged("this is neither pcap nor pcapng");
  }

  /**
   * Reads the next frame.
   *
   * @return false at the end of the file
   * @throws CaptureException if the file is damaged; nothing more can be read then
   */
  boolean next() throws IOException {
    return format.next(this);
  }

  /** Where the frame is; valid until the next call. */
  byte[] bytes() {
    return bytes;
  }

  /** Where in {@link #bytes()} it begins. */
  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /** Whether the frame was longer than what was captured of it. */
  boolean isCutShort() {
    return originalLength > length;
  }

  /** When it was captured, in nanoseconds since 1970; may be anything. */
  long nanos() {
    return nanos;
  }

  /** What has been read. Called by a format, as are those below. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Says that a frame has been read. */
  void found(int at, int count, long original, long captured) {
    offset = at;
    length = count;
    originalLength = original;
    nanos = captured;
  }

  /**
   * Fills a part of the buffer.
   *
   * @return false if the file ends before the first byte of it
   */
  boolean read(int at, int count, String what) throws IOException {
    int got = in.readNBytes(bytes, at, count);
    position += got;
    if (got > 0 && got < count) {
      throw damaged("the file ends within " + what);
    }
    return got == count;
  }

  /** Fills a part of the buffer; the file may not end before. */
  void readOn(int at, int count, String what) throws IOException {
    if (!read(at, count, what) && count > 0) {
      throw damaged("the file ends before " + what);
    }
  }

  /** Passes over bytes. */
  void skip(long count, String what) throws IOException {
    long left = count;
    while (left > 0) {
      int more = (int) Math.min(left, LONGEST);
      readOn(0, more, what);
      left -= more;
    }
  }

  /** An error where the file is being read. */
  CaptureException damaged(String what) {
    return new CaptureException(name, position, what);
  }

  /** The frames' link type, which must be Ethernet's. */
  void checkLink(int type) throws CaptureException {
    if (type != LINK_ETHERNET) {
      throw damaged("the frames are of link type " + type + ", not Ethernet's, 1");
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      // Nothing was written: nothing is lost.
    }
  }
}
