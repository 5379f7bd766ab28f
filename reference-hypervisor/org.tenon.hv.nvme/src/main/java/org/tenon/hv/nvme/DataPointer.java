package org.tenon.hv.nvme;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/**
 * Follows a command's data pointer, a PRP list (4.3) or an SGL (4.4), to the pieces of guest memory
 * that it names. Pieces that touch are handed on as one. Allocates nothing.
 */
final class DataPointer {
  /** The only memory page size. */
  static final int PAGE = 4096;

  private static final int PRP_BYTES = 8;
  private static final int SGL_BYTES = 16;
  private static final int SGL_DATA = 0;
  private static final int SGL_SEGMENT = 2;
  private static final int SGL_LAST_SEGMENT = 3;

  /** More segments than any honest list needs; a list may lead in circles. */
  private static final int MOST_SEGMENTS = 1024;

  /** Takes the pieces, in order. */
  interface Sink {
    /** One piece; false where there is no room for more. */
    boolean add(MemoryRegion region, long offset, long length);
  }

  private final GuestMemory memory;
  private @Nullable MemoryRegion lastRegion;
  private long lastOffset;
  private long lastLength;
  private long left;

  DataPointer(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Walks over the first {@code bytes} of a command's data.
   *
   * @return a {@link NvmeStatus}
   */
  int walk(NvmeCommand command, long bytes, Sink sink) {
    lastRegion = null;
    left = bytes;
    int status =
        switch (command.transferKind()) {
          case 0 -> walkPages(command.pointer1(), command.pointer2(), sink);
          case 1, 2 -> walkScatterGather(command.pointer1(), command.pointer2(), sink);
          default -> NvmeStatus.INVALID_FIELD;
        };
    if (status != NvmeStatus.SUCCESS) {
      return status;
    }
    MemoryRegion last = lastRegion;
    return last == null || sink.add(last, lastOffset, lastLength)
        ? NvmeStatus.SUCCESS
        : NvmeStatus.DATA_TRANSFER_ERROR;
  }

  private int walkPages(long first, long second, Sink sink) {
    if ((first & 3) != 0) {
      return NvmeStatus.INVALID_PRP_OFFSET;
    }
    long inFirst = Math.min(left, PAGE - (first & (PAGE - 1)));
    int status = piece(first, inFirst, sink);
    if (status != NvmeStatus.SUCCESS || left == 0) {
      return status;
    }
    if (left <= PAGE) {
      return (second & (PAGE - 1)) != 0 ? NvmeStatus.INVALID_PRP_OFFSET : piece(second, left, sink);
    }
    return walkPageList(second, sink);
  }

  /** The last entry of a page of entries leads to the next page, where more are needed. */
  private int walkPageList(long list, Sink sink) {
    if ((list & (PRP_BYTES - 1)) != 0) {
      return NvmeStatus.INVALID_PRP_OFFSET;
    }
    long at = list;
    while (left > 0) {
      MemoryRegion region = memory.find(at, PRP_BYTES);
      if (region == null) {
        return NvmeStatus.DATA_TRANSFER_ERROR;
      }
      long entry = Le.getLong(region.segment(), region.offset(at));
      if ((entry & (PAGE - 1)) != 0) {
        return NvmeStatus.INVALID_PRP_OFFSET;
      }
      boolean lastOfPage = (at & (PAGE - 1)) == PAGE - PRP_BYTES;
      if (lastOfPage && left > PAGE) {
        at = entry;
        continue;
      }
      int status = piece(entry, Math.min(left, PAGE), sink);
      if (status != NvmeStatus.SUCCESS) {
        return status;
      }
      at += PRP_BYTES;
    }
    return NvmeStatus.SUCCESS;
  }

  private int walkScatterGather(long first, long second, Sink sink) {
    long address = first;
    long rest = second;
    boolean inLast = false;
    for (int segments = 0; ; segments++) {
      int type = (int) (rest >>> 60);
      int subtype = (int) (rest >>> 56) & 0xf;
      long length = rest & 0xffffffffL;
      if (subtype != 0) {
        return NvmeStatus.SGL_TYPE;
      }
      if (type == SGL_DATA) {
        return segments > 0 ? NvmeStatus.INVALID_SGL_SEGMENT : dataBlock(address, length, sink);
      }
      if (type != SGL_SEGMENT && type != SGL_LAST_SEGMENT) {
        return NvmeStatus.SGL_TYPE;
      }
      if (inLast || segments == MOST_SEGMENTS || length == 0 || length % SGL_BYTES != 0) {
        return NvmeStatus.INVALID_SGL_SEGMENT;
      }
      inLast = type == SGL_LAST_SEGMENT;
      MemoryRegion region = memory.find(address, length);
      if (region == null) {
        return NvmeStatus.DATA_TRANSFER_ERROR;
      }
      long at = region.offset(address);
      long last = at + length - (inLast ? 0 : SGL_BYTES);
      for (; at < last; at += SGL_BYTES) {
        int status = descriptor(region, at, sink);
        if (status != NvmeStatus.SUCCESS) {
          return status;
        }
      }
      if (inLast) {
        return left == 0 ? NvmeStatus.SUCCESS : NvmeStatus.DATA_SGL_LENGTH;
      }
      address = Le.getLong(region.segment(), at);
      rest = Le.getLong(region.segment(), at + 8);
    }
  }

  private int descriptor(MemoryRegion region, long at, Sink sink) {
    long rest = Le.getLong(region.segment(), at + 8);
    if (rest >>> 56 != SGL_DATA) {
      return NvmeStatus.SGL_TYPE;
    }
    long length = Math.min(rest & 0xffffffffL, left);
    return length == 0 ? NvmeStatus.SUCCESS : piece(Le.getLong(region.segment(), at), length, sink);
  }

  /** The one data block that fits into the command itself. */
  private int dataBlock(long address, long length, Sink sink) {
    return length < left ? NvmeStatus.DATA_SGL_LENGTH : piece(address, left, sink);
  }

  private int piece(long address, long length, Sink sink) {
    MemoryRegion region = memory.find(address, length);
    if (region == null) {
      return NvmeStatus.DATA_TRANSFER_ERROR;
    }
    left -= length;
    long offset = region.offset(address);
    MemoryRegion before = lastRegion;
    if (before == region && lastOffset + lastLength == offset) {
      lastLength += length;
      return NvmeStatus.SUCCESS;
    }
    boolean taken = before == null || sink.add(before, lastOffset, lastLength);
    lastRegion = region;
    lastOffset = offset;
    lastLength = length;
    return taken ? NvmeStatus.SUCCESS : NvmeStatus.DATA_TRANSFER_ERROR;
  }
}
