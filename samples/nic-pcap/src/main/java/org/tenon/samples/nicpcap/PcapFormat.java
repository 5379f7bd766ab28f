package org.tenon.samples.nicpcap;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The older format: a header, then records. */
final class PcapFormat implements CaptureReader.Format {
  private static final int HEADER = 24;
  private static final int LINK_AT = 20;
  private static final int RECORD_HEADER = 16;
  private static final long SECOND = 1_000_000_000L;

  private final long nanosPerFraction;

  private PcapFormat(long nanosPerFraction) {
    this.nanosPerFraction = nanosPerFraction;
  }

  /** Reads the rest of the header, whose magic number is in the buffer, in its byte order. */
  static PcapFormat begin(CaptureReader reader, long nanosPerFraction) throws IOException {
    reader.readOn(Integer.BYTES, HEADER - Integer.BYTES, "the rest of the header");
    ByteBuffer header = reader.buffer();
    int major = header.getShort(4) & 0xffff;
    if (major != 2) {
      throw reader.damaged("version " + major + " of pcap, not 2");
    }
    // The upper bits tell of frame check sequences, which no common tool writes for Ethernet.
    reader.checkLink(header.getInt(LINK_AT) & 0xffff);
    return new PcapFormat(nanosPerFraction);
  }

  @Override
  public boolean next(CaptureReader reader) throws IOException {
    if (!reader.read(0, RECORD_HEADER, "a record's header")) {
      return false;
    }
    ByteBuffer record = reader.buffer();
    long seconds = record.getInt(0) & 0xffff_ffffL;
    long fraction = record.getInt(4) & 0xffff_ffffL;
    long length = record.getInt(8) & 0xffff_ffffL;
    long original = record.getInt(12) & 0xffff_ffffL;
    if (length > CaptureReader.LONGEST) {
      throw reader.damaged("a record of " + length + " bytes");
    }
    reader.readOn(RECORD_HEADER, (int) length, "a record");
    reader.found(
        RECORD_HEADER, (int) length, original, seconds * SECOND + fraction * nanosPerFraction);
    return true;
  }
}
