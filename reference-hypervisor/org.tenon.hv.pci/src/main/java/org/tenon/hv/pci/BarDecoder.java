package org.tenon.hv.pci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.Window;

/**
 * Decodes the BARs of one bus where the guest wants them and it is possible: what a bridge's
 * windows pass goes on to the bus above, and at last into the machine's address spaces. One that
 * lies outside the windows, or where another device decodes already, is not decoded: the first that
 * came keeps the place, and whoever waits for it gets it when it is free.
 */
public final class BarDecoder implements Upstream {
  private final Upstream upstream;
  private List<BridgeWindow> windows;

  /** What each enabled BAR asks for, in the order of asking. */
  private final Map<Bar, Window> wanted = new LinkedHashMap<>();

  private BarDecoder(Upstream upstream, List<BridgeWindow> windows) {
    this.upstream = upstream;
    this.windows = List.copyOf(windows);
  }

  /**
   * The decoder of bus 0, with nothing decoded.
   *
   * @param windows what the host bridge passes on
   */
  public BarDecoder(AddressSpace ports, AddressSpace memory, List<BridgeWindow> windows) {
    this(new AddressSpaces(ports, memory), windows);
  }

  /** The decoder of the bus behind a bridge of this bus, which passes nothing yet. */
  BarDecoder behindBridge() {
    return new BarDecoder(this, List.of());
  }

  /** What the bridge above this bus passes from now on. */
  void pass(List<BridgeWindow> now) {
    if (!windows.equals(now)) {
      windows = List.copyOf(now);
      wanted.forEach((bar, window) -> upstream.release(bar));
      wanted.forEach(this::forward);
    }
  }

  /**
   * Decodes a BAR at a base, which is a multiple of its size, instead of where it was; nowhere if
   * no processor has such an address.
   */
  void decode(Bar bar, long base, String name) {
    if (base < 0 || base > Long.MAX_VALUE - bar.size()) {
      release(bar);
    } else {
      decode(bar, new Window(name, base, bar.size(), bar.width(), bar.registers()));
    }
  }

  @Override
  public void decode(Bar bar, Window window) {
    release(bar);
    wanted.put(bar, window);
    forward(bar, window);
  }

  private void forward(Bar bar, Window window) {
    if (windows.stream().anyMatch(passing -> passing.passes(bar, window.base()))) {
      upstream.decode(bar, window);
    }
  }

  @Override
  public void release(Bar bar) {
    if (wanted.remove(bar) != null) {
      upstream.release(bar);
    }
  }

  /** What passes. */
  List<BridgeWindow> windows() {
    return windows;
  }
}
