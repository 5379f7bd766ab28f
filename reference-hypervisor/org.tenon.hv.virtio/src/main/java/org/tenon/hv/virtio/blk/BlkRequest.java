package org.tenon.hv.virtio.blk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.spi.block.BlockOperation;

/**
 * What a guest asks for in one buffer (VIRTIO 1.2, 5.2.6), read, checked and put into the words of
 * the SPI. Knows no storage. Filled anew for each buffer; parsing allocates nothing and never
 * throws.
 *
 * <p>A buffer is a header of 16 device-readable bytes, data of either kind, and one device-writable
 * status byte at the end, wherever descriptors divide them (2.7.4.1).
 */
public final class BlkRequest {
  /** What is to be done with the buffer. */
  public enum Outcome {
    /** The request goes to the driver. */
    SUBMIT,
    /** The device answers the identity string itself. */
    GET_ID,
    /** Nothing is to be done; it has succeeded. */
    DONE,
    /** VIRTIO_BLK_S_IOERR. */
    FAILED,
    /** VIRTIO_BLK_S_UNSUPP. */
    UNSUPPORTED,
    /** There is no room for a status: the device needs a reset. */
    MALFORMED
  }

  /** VIRTIO_BLK_S_OK. */
  static final byte OK = 0;

  /** VIRTIO_BLK_S_IOERR. */
  static final byte IOERR = 1;

  /** VIRTIO_BLK_S_UNSUPP. */
  static final byte UNSUPP = 2;

  /** Bytes of the identity string (5.2.6). */
  static final int ID_BYTES = 20;

  private static final int T_IN = 0;
  private static final int T_OUT = 1;
  private static final int T_FLUSH = 4;
  private static final int T_GET_ID = 8;
  private static final int T_DISCARD = 11;
  private static final int T_WRITE_ZEROES = 13;
  private static final int HEADER_BYTES = 16;
  private static final int RANGE_BYTES = 16;
  private static final int UNMAP = 1;

  private int operation;
  private int flags;
  private long block;
  private int blocks;
  private long dataFrom;
  private long dataBytes;
  private boolean dataWritable;

  /** An empty request. */
  public BlkRequest() {}

  /**
   * Reads a request.
   *
   * @param chain the buffer
   * @param features what the guest negotiated
   * @param limits of the device
   */
  public Outcome parse(DescriptorChain chain, long features, BlkLimits limits) {
    dataFrom = 0;
    dataBytes = 0;
    operation = 0;
    flags = 0;
    block = 0;
    blocks = 0;
    if (chain.writableBytes() == 0) {
      return Outcome.MALFORMED;
    }
    if (chain.readableBytes() < HEADER_BYTES) {
      return Outcome.FAILED;
    }
    int type = (int) littleEndian(chain, 0, 4);
    long sector = littleEndian(chain, 8, 8);
    return switch (type) {
      case T_IN -> transfer(BlockOperation.READ, sector, chain.writableBytes() - 1, true, limits);
      case T_OUT ->
          limits.readOnly()
              ? Outcome.FAILED
              : transfer(
                  BlockOperation.WRITE,
                  sector,
                  chain.readableBytes() - HEADER_BYTES,
                  false,
                  limits);
      case T_FLUSH -> flush(features);
      case T_GET_ID -> identify(chain);
      case T_DISCARD ->
          (features & BlkFeature.DISCARD) == 0
              ? Outcome.UNSUPPORTED
              : range(chain, BlockOperation.DISCARD, limits.maxDiscardSectors(), limits);
      case T_WRITE_ZEROES ->
          (features & BlkFeature.WRITE_ZEROES) == 0
              ? Outcome.UNSUPPORTED
              : range(chain, BlockOperation.WRITE_ZEROES, limits.maxWriteZeroesSectors(), limits);
      default -> Outcome.UNSUPPORTED;
    };
  }

  private Outcome transfer(
      int direction, long sector, long bytes, boolean writable, BlkLimits limits) {
    long sectors = bytes / BlkLimits.SECTOR;
    boolean valid =
        bytes % BlkLimits.SECTOR == 0
            && sectors <= limits.maxTransferSectors()
            && aligned(sector, sectors, limits);
    if (!valid) {
      return Outcome.FAILED;
    }
    operation = direction;
    block = sector / limits.sectorsPerBlock();
    blocks = (int) (sectors / limits.sectorsPerBlock());
    dataFrom = writable ? 0 : HEADER_BYTES;
    dataBytes = bytes;
    dataWritable = writable;
    return sectors == 0 ? Outcome.DONE : Outcome.SUBMIT;
  }

  private Outcome flush(long features) {
    operation = BlockOperation.FLUSH;
    return (features & BlkFeature.FLUSH) == 0 ? Outcome.UNSUPPORTED : Outcome.SUBMIT;
  }

  private Outcome identify(DescriptorChain chain) {
    if (chain.writableBytes() - 1 < ID_BYTES) {
      return Outcome.FAILED;
    }
    dataBytes = ID_BYTES;
    dataWritable = true;
    return Outcome.GET_ID;
  }

  /**
   * One range of a discard or write-zeroes; the device takes one to a request (max_discard_seg is
   * 1).
   */
  private Outcome range(DescriptorChain chain, int wanted, int maxSectors, BlkLimits limits) {
    if (chain.readableBytes() != HEADER_BYTES + RANGE_BYTES) {
      return Outcome.FAILED;
    }
    long sector = littleEndian(chain, HEADER_BYTES, 8);
    long sectors = littleEndian(chain, HEADER_BYTES + 8, 4);
    int bits = (int) littleEndian(chain, HEADER_BYTES + 12, 4);
    if ((bits & ~UNMAP) != 0 || (wanted == BlockOperation.DISCARD && bits != 0)) {
      return Outcome.UNSUPPORTED;
    }
    if (limits.readOnly() || sectors > maxSectors || !aligned(sector, sectors, limits)) {
      return Outcome.FAILED;
    }
    operation = wanted;
    flags = bits == UNMAP ? BlockOperation.MAY_UNMAP : 0;
    block = sector / limits.sectorsPerBlock();
    blocks = (int) (sectors / limits.sectorsPerBlock());
    return sectors == 0 ? Outcome.DONE : Outcome.SUBMIT;
  }

  private static boolean aligned(long sector, long sectors, BlkLimits limits) {
    return limits.contains(sector, sectors)
        && sector % limits.sectorsPerBlock() == 0
        && sectors % limits.sectorsPerBlock() == 0;
  }

  /**
   * A code of {@link BlockOperation}; meaningful after {@link Outcome#SUBMIT}, as are the others.
   */
  public int operation() {
    return operation;
  }

  /** Flags of {@link BlockOperation}. */
  public int flags() {
    return flags;
  }

  /** The first logical block. */
  public long block() {
    return block;
  }

  /** How many logical blocks. */
  public int blocks() {
    return blocks;
  }

  /** Bytes of data. */
  public long dataBytes() {
    return dataBytes;
  }

  /** Receives the pieces of memory that hold a request's data. */
  interface Segments {
    /** One piece; false ends the walk. */
    boolean add(int tag, MemoryRegion region, long offset, long length);
  }

  /**
   * Walks over the data, in order.
   *
   * @return whether {@code into} took every piece
   */
  boolean forEachSegment(DescriptorChain chain, int tag, Segments into) {
    int first = dataWritable ? chain.readableCount() : 0;
    long skip = dataFrom;
    long left = dataBytes;
    for (int i = first; left > 0; i++) {
      long length = chain.length(i);
      long from = Math.min(skip, length);
      skip -= from;
      long take = Math.min(length - from, left);
      if (take > 0 && !into.add(tag, chain.region(i), chain.offset(i) + from, take)) {
        return false;
      }
      left -= take;
    }
    return true;
  }

  /** Where in its region the status byte lies; the last element holds it. */
  static long statusOffset(DescriptorChain chain) {
    int last = chain.count() - 1;
    return chain.offset(last) + chain.length(last) - 1;
  }

  /** The region of the status byte. */
  static MemoryRegion statusRegion(DescriptorChain chain) {
    return chain.region(chain.count() - 1);
  }

  /** Reads a little-endian number from the device-readable bytes, which are there. */
  private static long littleEndian(DescriptorChain chain, long from, int bytes) {
    int element = 0;
    long skip = from;
    while (skip >= chain.length(element)) {
      skip -= chain.length(element++);
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      long at = chain.offset(element) + skip;
      value |= (chain.region(element).segment().get(JAVA_BYTE, at) & 0xffL) << (8 * i);
      if (++skip == chain.length(element)) {
        skip = 0;
        element++;
      }
    }
    return value;
  }
}
