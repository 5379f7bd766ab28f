package org.tenon.samples.nicpcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The newer format: blocks, of which those that hold frames or describe an interface are read and
 * all others passed over. A new section may begin anywhere, in another byte order.
 */
final class PcapngFormat implements CaptureReader.Format {
  static final int SECTION_HEADER = 0x0a0d0d0a;

  private static final int ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int SIMPLE_PACKET = 3;
  private static final int ENHANCED_PACKET = 6;
  private static final int BLOCK_FRAME = 12;
  private static final int SECTION_FIXED = 28;
  private static final int INTERFACE_FIXED = 20;
  private static final int SIMPLE_FIXED = 16;
  private static final int ENHANCED_FIXED = 32;
  private static final int OPTION_END = 0;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_OFFSET = 14;
  private static final int MOST_INTERFACES = 65_536;
  private static final long SECOND = 1_000_000_000L;

  /**
   * An interface that frames were captured on.
   *
   * @param link its link type
   * @param snap how much of a frame was captured at most; 0 for all
   * @param unitsPerSecond of its time stamps; 0 for more than there are nanoseconds
   * @param offsetSeconds what to add to them
   */
  private record Interface(int link, long snap, long unitsPerSecond, long offsetSeconds) {}

  private final List<Interface> interfaces = new ArrayList<>();

  private PcapngFormat() {}

  /** Reads the first block, whose type is in the buffer. */
  static PcapngFormat begin(CaptureReader reader) throws IOException {
    PcapngFormat format = new PcapngFormat();
    reader.readOn(4, 8, "a section's header");
    format.beginSection(reader);
    return format;
  }

  @Override
  public boolean next(CaptureReader reader) throws IOException {
    while (reader.read(0, BLOCK_FRAME, "a block's header")) {
      int type = reader.buffer().getInt(0);
      if (type == SECTION_HEADER) {
        beginSection(reader);
        continue;
      }
      long length = blockLength(reader);
      switch (type) {
        case INTERFACE -> readInterface(reader, length);
        case SIMPLE_PACKET -> {
          readSimple(reader, length);
          return true;
        }
        case ENHANCED_PACKET -> {
          readEnhanced(reader, length);
          return true;
        }
        default -> skipBlock(reader, length);
      }
    }
    return false;
  }

  /** Type, length and byte order are in the buffer. */
  private void beginSection(CaptureReader reader) throws IOException {
    ByteBuffer block = reader.buffer().order(ByteOrder.LITTLE_ENDIAN);
    if (block.getInt(8) != ORDER_MAGIC) {
      block.order(ByteOrder.BIG_ENDIAN);
    }
    if (block.getInt(8) != ORDER_MAGIC) {
      throw reader.damaged("a section without a byte order");
    }
    long length = blockLength(reader);
    readBlock(reader, length, SECTION_FIXED, "a section's header");
    int major = block.getShort(12) & 0xffff;
    if (major != 1) {
      throw reader.damaged("version " + major + " of pcapng, not 1");
    }
    interfaces.clear();
  }

  private static long blockLength(CaptureReader reader) throws IOException {
    long length = reader.buffer().getInt(4) & 0xffff_ffffL;
    if (length < BLOCK_FRAME || length % 4 != 0) {
      throw reader.damaged("a block of " + length + " bytes");
    }
    return length;
  }

  /** Reads the rest of a block, of which 12 bytes are there. */
  private static void readBlock(CaptureReader reader, long length, int fixed, String what)
      throws IOException {
    if (length < fixed || length > CaptureReader.LONGEST) {
      throw reader.damaged("%s of %d bytes".formatted(what, length));
    }
    reader.readOn(BLOCK_FRAME, (int) length - BLOCK_FRAME, what);
    if ((reader.buffer().getInt((int) length - 4) & 0xffff_ffffL) != length) {
      throw reader.damaged(what + " whose two lengths differ");
    }
  }

  private static void skipBlock(CaptureReader reader, long length) throws IOException {
    if (length > BLOCK_FRAME) {
      reader.skip(length - BLOCK_FRAME - 4, "a block");
      reader.readOn(8, 4, "a block's end");
    }
    if ((reader.buffer().getInt(8) & 0xffff_ffffL) != length) {
      throw reader.damaged("a block whose two lengths differ");
    }
  }

  private void readInterface(CaptureReader reader, long length) throws IOException {
    readBlock(reader, length, INTERFACE_FIXED, "an interface");
    if (interfaces.size() == MOST_INTERFACES) {
      throw reader.damaged("more than " + MOST_INTERFACES + " interfaces");
    }
    ByteBuffer block = reader.buffer();
    long units = 1_000_000;
    long offset = 0;
    int end = (int) length - 4;
    int at = INTERFACE_FIXED - 4;
    while (at + 4 <= end && block.getShort(at) != OPTION_END) {
      int code = block.getShort(at) & 0xffff;
      int size = block.getShort(at + 2) & 0xffff;
      if (at + 4 + size > end) {
        throw reader.damaged("an option that reaches beyond its interface");
      }
      if (code == OPTION_RESOLUTION && size == 1) {
        units = unitsPerSecond(block.get(at + 4));
      } else if (code == OPTION_OFFSET && size == 8) {
        offset = block.getLong(at + 4);
      }
      at += 4 + (size + 3 & ~3);
    }
    int link = block.getShort(8) & 0xffff;
    interfaces.add(new Interface(link, block.getInt(12) & 0xffff_ffffL, units, offset));
  }

  /** A negative power of 2 where the highest bit is set, else of 10. */
  private static long unitsPerSecond(byte resolution) {
    int power = resolution & 0x7f;
    if (resolution < 0) {
      return power < 63 ? 1L << power : 0;
    }
    long units = 1;
    for (int i = 0; i < power && units != 0; i++) {
      units = units > Long.MAX_VALUE / 10 ? 0 : units * 10;
    }
    return units;
  }

  private void readSimple(CaptureReader reader, long length) throws IOException {
    readBlock(reader, length, SIMPLE_FIXED, "a simple packet");
    Interface from = interfaceAt(reader, 0);
    long original = reader.buffer().getInt(8) & 0xffff_ffffL;
    long captured = from.snap() == 0 ? original : Math.min(original, from.snap());
    checkFits(reader, captured, length - SIMPLE_FIXED);
    reader.found(BLOCK_FRAME, (int) captured, original, 0);
  }

  private void readEnhanced(CaptureReader reader, long length) throws IOException {
    readBlock(reader, length, ENHANCED_FIXED, "a packet");
    ByteBuffer block = reader.buffer();
    Interface from = interfaceAt(reader, block.getInt(8) & 0xffff_ffffL);
    long stamp = (long) block.getInt(12) << 32 | block.getInt(16) & 0xffff_ffffL;
    long captured = block.getInt(20) & 0xffff_ffffL;
    checkFits(reader, captured, length - ENHANCED_FIXED);
    long original = block.getInt(24) & 0xffff_ffffL;
    reader.found(ENHANCED_FIXED - 4, (int) captured, original, nanos(stamp, from));
  }

  private static void checkFits(CaptureReader reader, long captured, long room)
      throws CaptureException {
    if (captured > room) {
      throw reader.damaged("a packet of %d bytes in room for %d".formatted(captured, room));
    }
  }

  private Interface interfaceAt(CaptureReader reader, long index) throws CaptureException {
    if (index >= interfaces.size()) {
      throw reader.damaged("a packet of interface %d, of %d".formatted(index, interfaces.size()));
    }
    Interface found = interfaces.get((int) index);
    reader.checkLink(found.link());
    return found;
  }

  private static long nanos(long stamp, Interface from) {
    long units = from.unitsPerSecond();
    if (units == 0) {
      return 0;
    }
    long seconds = Long.divideUnsigned(stamp, units);
    double rest = (double) Long.remainderUnsigned(stamp, units) / units;
    return (seconds + from.offsetSeconds()) * SECOND + (long) (rest * SECOND);
  }
}
