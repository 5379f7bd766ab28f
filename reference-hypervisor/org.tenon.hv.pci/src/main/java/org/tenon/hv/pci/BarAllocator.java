package org.tenon.hv.pci;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each BAR an address in a bridge window, as firmware does before a kernel starts: in the
 * order of the calls, aligned to the BAR's size. Decoding stays off until the guest turns it on.
 */
public final class BarAllocator {
  private final Map<Bar.Kind, BridgeWindow> windows = new EnumMap<>(Bar.Kind.class);
  private final Map<Bar.Kind, Long> next = new EnumMap<>(Bar.Kind.class);

  /** Allocates from the windows of a decoder. */
  public BarAllocator(BarDecoder decoder) {
    this(decoder.windows());
  }

  /** Allocates from windows, one of each kind. */
  public BarAllocator(List<BridgeWindow> windows) {
    for (BridgeWindow window : windows) {
      this.windows.put(window.kind(), window);
      next.put(window.kind(), window.first());
    }
  }

  /**
   * Gives every BAR of a function its address.
   *
   * @throws IllegalArgumentException when a window is full: a wiring fault, never the guest's
   */
  public void allocate(Type0Function function) {
    for (Bar bar : function.bars()) {
      long base = (next.getOrDefault(bar.kind(), 0L) + bar.size() - 1) & -bar.size();
      BridgeWindow window = windows.get(bar.kind());
      if (window == null || !window.passes(bar, base)) {
        throw new IllegalArgumentException("no room for " + bar);
      }
      next.put(bar.kind(), base + bar.size());
      function.place(bar, base);
    }
  }
}
