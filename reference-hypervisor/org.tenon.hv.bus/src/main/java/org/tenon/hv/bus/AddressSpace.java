package org.tenon.hv.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the device behind an address and hands it whole registers. The machine has two: ports and
 * memory-mapped I/O.
 *
 * <p>An address that nobody claims reads as all ones and swallows writes, as a PC's bus does. An
 * access that leaves a window, or is not aligned to the registers it touches, is split into its
 * bytes, lowest address first.
 */
public final class AddressSpace {
  private final String name;
  private final long limit;
  private final List<Window> windows = new ArrayList<>();
  private @Nullable Window last;

  /**
   * An empty space.
   *
   * @param name for messages: {@code ports}, {@code mmio}
   * @param limit the first address beyond it
   */
  public AddressSpace(String name, long limit) {
    this.name = name;
    this.limit = limit;
  }

  /**
   * Adds a window.
   *
   * @throws IllegalArgumentException when it overlaps another or leaves the space: a wiring fault,
   *     never the guest's
   */
  public void map(Window window) {
    if (window.end() > limit) {
      throw new IllegalArgumentException(
          "%s: window %s ends at %#x, beyond %#x"
              .formatted(name, window.name(), window.end(), limit));
    }
    int at = 0;
    for (Window other : windows) {
      if (window.base() < other.end() && other.base() < window.end()) {
        throw new IllegalArgumentException(
            "%s: window %s overlaps %s".formatted(name, window.name(), other.name()));
      }
      if (other.base() < window.base()) {
        at++;
      }
    }
    windows.add(at, window);
    last = null;
  }

  /** Removes a window, as when a guest moves a BAR; unknown windows are ignored. */
  public void unmap(Window window) {
    windows.remove(window);
    last = null;
  }

  /** Whether {@link #map} would take a window of this range. */
  public boolean isFree(long base, long length) {
    return base >= 0
        && length > 0
        && length <= limit - base
        && windows.stream().noneMatch(other -> base < other.end() && other.base() < base + length);
  }

  /** The windows in the order of their addresses. */
  public List<Window> windows() {
    return Collections.unmodifiableList(windows);
  }

  /** The window that holds an address, or null. */
  public @Nullable Window find(long address) {
    Window recent = last;
    if (recent != null && recent.contains(address)) {
      return recent;
    }
    int low = 0;
    int high = windows.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Window window = windows.get(middle);
      if (window.contains(address)) {
        last = window;
        return window;
      }
      if (window.base() > address) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return null;
  }

  /**
   * Reads for the guest.
   *
   * @param address where
   * @param size 1, 2, 4 or 8 bytes
   * @return the value, zero-extended
   */
  public long read(long address, int size) {
    Window window = find(address);
    if (window == null) {
      return size == 1
          ? 0xff
          : isBytewise(address, size, null) ? readBytes(address, size) : mask(size);
    }
    int width = window.width().bytes();
    if (isBytewise(address, size, window)) {
      return readBytes(address, size);
    }
    int offset = (int) (address - window.base());
    if (width == 0 || size == width) {
      return window.registers().read(offset, size) & mask(size);
    }
    if (size < width) {
      int within = offset & (width - 1);
      return (window.registers().read(offset - within, width) >>> (8 * within)) & mask(size);
    }
    long value = 0;
    for (int done = 0; done < size; done += width) {
      value |= (window.registers().read(offset + done, width) & mask(width)) << (8 * done);
    }
    return value;
  }

  /**
   * Writes for the guest.
   *
   * @param address where
   * @param size 1, 2, 4 or 8 bytes
   * @param value what; bits above {@code size} bytes are ignored
   */
  public void write(long address, int size, long value) {
    Window window = find(address);
    if (isBytewise(address, size, window)) {
      for (int i = 0; i < size; i++) {
        write(address + i, 1, (value >>> (8 * i)) & 0xff);
      }
      return;
    }
    if (window == null) {
      return;
    }
    int width = window.width().bytes();
    int offset = (int) (address - window.base());
    if (width == 0 || size == width) {
      window.registers().write(offset, size, value & mask(size));
    } else if (size < width) {
      int within = offset & (width - 1);
      long lanes = mask(size) << (8 * within);
      long old = window.registers().read(offset - within, width) & mask(width);
      window
          .registers()
          .write(offset - within, width, (old & ~lanes) | ((value << (8 * within)) & lanes));
    } else {
      for (int done = 0; done < size; done += width) {
        window.registers().write(offset + done, width, (value >>> (8 * done)) & mask(width));
      }
    }
  }

  private long readBytes(long address, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= read(address + i, 1) << (8 * i);
    }
    return value;
  }

  /** Whether the access must be split: it leaves its window, enters one, or straddles registers. */
  private boolean isBytewise(long address, int size, @Nullable Window window) {
    if (size == 1) {
      return false;
    }
    if (window == null) {
      for (int i = 1; i < size; i++) {
        if (find(address + i) != null) {
          return true;
        }
      }
      return false;
    }
    if (address + size > window.end()) {
      return true;
    }
    int width = window.width().bytes();
    long offset = address - window.base();
    return width > 1 && (offset & (Math.min(width, size) - 1)) != 0;
  }

  private static long mask(int size) {
    return size >= 8 ? -1L : (1L << (8 * size)) - 1;
  }
}
