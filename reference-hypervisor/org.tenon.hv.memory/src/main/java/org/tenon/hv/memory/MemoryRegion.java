package org.tenon.hv.memory;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of guest RAM: contiguous in the guest-physical address space and in the host's memory.
 * Engines map {@link #segment}; device models reach it through {@link GuestMemory#find}.
 */
public final class MemoryRegion {
  /** What {@link #fileDescriptor} answers for memory that no file backs. */
  public static final int NO_FILE = -1;

  private final long base;
  private final long size;
  private final MemorySegment segment;
  private final int fileDescriptor;
  private volatile @Nullable DirtyPages dirty;
  private volatile @Nullable WriteListener listener;

  MemoryRegion(RamLayout.Range range, MemorySegment segment, int fileDescriptor) {
    base = range.base();
    size = range.size();
    this.segment = segment;
    this.fileDescriptor = fileDescriptor;
  }

  /**
   * A region over memory somebody else owns and releases, such as a peer's RAM in a vhost-user
   * session.
   *
   * @param base guest-physical address, page-aligned
   * @param segment writable, its size a multiple of the page size, accessible from every thread
   */
  public static MemoryRegion over(long base, MemorySegment segment) {
    return new MemoryRegion(new RamLayout.Range(base, segment.byteSize()), segment, NO_FILE);
  }

  /** Guest-physical address of the first byte. */
  public long base() {
    return base;
  }

  /** Bytes. */
  public long size() {
    return size;
  }

  /** The memory itself, {@link #size} bytes long. */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * The file that backs the region from file offset 0, for a peer that maps it (vhost-user
   * SET_MEM_TABLE), or {@link #NO_FILE}. The region owns it: pass it on, do not close it.
   */
  public int fileDescriptor() {
    return fileDescriptor;
  }

  /**
   * Whether {@code [gpa, gpa + length)} lies wholly inside. Any value is allowed: a negative length
   * answers false, an end beyond 2^64 does not wrap.
   */
  public boolean contains(long gpa, long length) {
    long offset = gpa - base;
    return offset >= 0 && length >= 0 && offset <= size - length;
  }

  /** Offset in {@link #segment} of an address that {@link #contains} has accepted. */
  public long offset(long gpa) {
    return gpa - base;
  }

  /**
   * Notes that {@code [offset, offset + length)} was written on the guest's behalf; two field reads
   * while nobody wants to know. Call it after the write, so that whoever drains the mark also finds
   * the bytes, and before the guest is told of it.
   */
  public void markDirty(long offset, long length) {
    DirtyPages pages = dirty;
    if (pages != null) {
      pages.mark(offset, length);
    }
    WriteListener told = listener;
    if (told != null) {
      told.written(base + offset, length);
    }
  }

  /**
   * Forgets what {@code [offset, offset + length)} holds, which reads as zeroes from now on, and
   * gives the host back what memory it can: the whole pages of RAM that a file backs. Marked dirty.
   */
  public void discard(long offset, long length) {
    MemorySegment bytes = segment.asSlice(offset, length);
    boolean pages = ((offset | length) & (DirtyPages.PAGE_SIZE - 1)) == 0;
    if (length > 0 && !(fileDescriptor != NO_FILE && pages && Memfd.release(bytes))) {
      bytes.fill((byte) 0);
    }
    markDirty(offset, length);
  }

  /** Tells this one, instead of another, of every {@link #markDirty}. */
  void onWrite(WriteListener told) {
    listener = told;
  }

  /** Begins to track; every page counts as dirty at first. */
  public DirtyPages startTracking() {
    DirtyPages pages = new DirtyPages(size);
    pages.markAll();
    dirty = pages;
    return pages;
  }

  /** Ends tracking; marks not drained are forgotten. */
  public void stopTracking() {
    dirty = null;
  }

  /** What is dirty, or null while tracking is off. */
  public @Nullable DirtyPages dirty() {
    return dirty;
  }

  @Override
  public String toString() {
    return "RAM 0x%x..0x%x".formatted(base, base + size - 1);
  }
}
