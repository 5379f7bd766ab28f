package org.tenon.hv.engine.sim.cpu;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.RamRegion;
import org.tenon.hv.engine.sim.ffi.HostMemory;

/**
 * Guest-physical memory of one VM: where it lies on the host, and which of its bytes have been
 * translated as code.
 */
public final class PhysicalMemory {
  /** Returned where there is no RAM. */
  public static final long NONE = 0;

  private static final int PAGE_SHIFT = 12;

  private final long[] bases;
  private final long[] ends;
  private final long[] hosts;
  private final boolean[] writable;
  private final @Nullable CodePage[][] code;
  private final List<RamRegion> regions;
  private CodeListener listener = (physical, length) -> {};

  /** Told when bytes that were translated as code change. */
  @FunctionalInterface
  public interface CodeListener {
    /** Bytes from {@code physical} on have been, or are about to be, overwritten. */
    void codeWritten(long physical, int length);
  }

  public PhysicalMemory(List<RamRegion> regions) {
    this.regions = List.copyOf(regions);
    int n = regions.size();
    bases = new long[n];
    ends = new long[n];
    hosts = new long[n];
    writable = new boolean[n];
    code = new CodePage[n][];
    for (int k = 0; k < n; k++) {
      RamRegion region = regions.get(k);
      bases[k] = region.base();
      ends[k] = region.end();
      hosts[k] = region.memory().address();
      writable[k] = region.writable();
      code[k] = new CodePage[(int) (region.memory().byteSize() >> PAGE_SHIFT)];
    }
  }

  /** Sets who hears of changed code. */
  public void onCodeWritten(CodeListener newListener) {
    listener = newListener;
  }

  private int region(long physical) {
    for (int k = 0; k < bases.length; k++) {
      if (physical >= bases[k] && physical < ends[k]) {
        return k;
      }
    }
    return -1;
  }

  /** The host address of a byte of RAM or ROM, or {@link #NONE}. */
  public long host(long physical) {
    int k = region(physical);
    return k < 0 ? NONE : hosts[k] + (physical - bases[k]);
  }

  /** The host address of a byte of writable RAM, or {@link #NONE}. */
  public long hostForWrite(long physical) {
    int k = region(physical);
    return k < 0 || !writable[k] ? NONE : hosts[k] + (physical - bases[k]);
  }

  /** Whether stores to the page of this address must be checked against translated code. */
  public boolean hasCode(long physical) {
    return codePage(physical) != null;
  }

  /** Whether any of these bytes of one page has been translated. */
  public boolean overlapsCode(long physical, int length) {
    CodePage marks = codePage(physical);
    return marks != null && marks.overlaps((int) physical & 0xfff, length);
  }

  private @Nullable CodePage codePage(long physical) {
    int k = region(physical);
    return k < 0 ? null : code[k][(int) ((physical - bases[k]) >> PAGE_SHIFT)];
  }

  /**
   * Notes that bytes within one page have been translated.
   *
   * @return whether this is the page's first code, so that it must leave the write TLBs
   */
  public boolean markCode(long physical, int length) {
    int k = region(physical);
    int page = (int) ((physical - bases[k]) >> PAGE_SHIFT);
    CodePage marks = code[k][page];
    boolean first = marks == null;
    if (marks == null) {
      marks = new CodePage();
      code[k][page] = marks;
    }
    marks.mark((int) physical & 0xfff, length);
    return first;
  }

  /**
   * Bytes are about to be written: tells the listener if any of them is translated code. May span
   * pages.
   */
  public void beforeWrite(long physical, long length) {
    long at = physical;
    long end = physical + length;
    while (at < end) {
      int offset = (int) at & 0xfff;
      int here = (int) Math.min(end - at, 4096 - offset);
      CodePage marks = codePage(at);
      if (marks != null && marks.overlaps(offset, here)) {
        listener.codeWritten(at, here);
        marks.clear(offset, here);
        if (marks.empty()) {
          forget(at); // data again: stores may use the TLB
        }
      }
      at += here;
    }
  }

  private void forget(long physical) {
    int k = region(physical);
    code[k][(int) ((physical - bases[k]) >> PAGE_SHIFT)] = null;
  }

  /** Reads 8 bytes within a page; all ones where there is no RAM. */
  public long read64(long physical) {
    long host = host(physical);
    return host == NONE ? -1 : HostMemory.get64(host);
  }

  /** Reads 4 bytes within a page; all ones where there is no RAM. */
  public int read32(long physical) {
    long host = host(physical);
    return host == NONE ? -1 : (int) HostMemory.get32(host);
  }

  /** Sets bits in 4 bytes within a page (accessed and dirty bits). */
  public void or32(long physical, int bits) {
    long host = hostForWrite(physical);
    if (host != NONE) {
      beforeWrite(physical, 4);
      HostMemory.put32(host, HostMemory.get32(host) | bits);
    }
  }

  /** The regions, lowest first. */
  public List<RamRegion> regions() {
    return regions;
  }

  /** One bit for each byte of a page. */
  private static final class CodePage {
    private final long[] bits = new long[64];

    void mark(int offset, int length) {
      for (int b = offset; b < offset + length; b++) {
        bits[b >> 6] |= 1L << b;
      }
    }

    void clear(int offset, int length) {
      for (int b = offset; b < offset + length; b++) {
        bits[b >> 6] &= ~(1L << b);
      }
    }

    boolean empty() {
      for (long word : bits) {
        if (word != 0) {
          return false;
        }
      }
      return true;
    }

    boolean overlaps(int offset, int length) {
      for (int b = offset; b < offset + length; b++) {
        if ((bits[b >> 6] >>> b & 1) != 0) {
          return true;
        }
      }
      return false;
    }
  }
}
