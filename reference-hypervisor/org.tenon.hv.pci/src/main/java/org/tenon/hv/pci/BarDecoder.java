package org.tenon.hv.pci;

import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.Window;

/**
 * Puts BARs into the machine's address spaces, where the guest wants them and it is possible. One
 * that lies outside the bridge's windows, or where another device decodes already, is not decoded:
 * the first that came keeps the place, and whoever waits for it gets it when it is free.
 */
public final class BarDecoder {
  private static final System.Logger LOG = System.getLogger(BarDecoder.class.getName());

  private final AddressSpace ports;
  private final AddressSpace memory;
  private final List<BridgeWindow> windows;

  /** What each enabled BAR asks for, in the order of asking. */
  private final Map<Bar, Window> wanted = new LinkedHashMap<>();

  private final Map<Bar, Window> decoded = new LinkedHashMap<>();

  /**
   * A decoder with nothing decoded.
   *
   * @param windows what the host bridge passes on
   */
  public BarDecoder(AddressSpace ports, AddressSpace memory, List<BridgeWindow> windows) {
    this.ports = ports;
    this.memory = memory;
    this.windows = List.copyOf(windows);
  }

  /** Decodes a BAR at a base, which is a multiple of its size, instead of where it was. */
  void decode(Bar bar, long base, String name) {
    release(bar);
    if (windows.stream().anyMatch(window -> window.passes(bar, base))) {
      wanted.put(bar, new Window(name, base, bar.size(), bar.width(), bar.registers()));
      mapWhatFits();
    }
  }

  /** Decodes a BAR no more. */
  void release(Bar bar) {
    wanted.remove(bar);
    Window before = decoded.remove(bar);
    if (before != null) {
      space(bar).unmap(before);
      mapWhatFits();
    }
  }

  private void mapWhatFits() {
    wanted.forEach((bar, window) -> {
      if (decoded.containsKey(bar)) {
        return;
      }
      if (space(bar).isFree(window.base(), window.length())) {
        space(bar).map(window);
        decoded.put(bar, window);
      } else {
        LOG.log(Level.DEBUG, "{0} overlaps another device", window);
      }
    });
  }

  private AddressSpace space(Bar bar) {
    return bar.kind() == Bar.Kind.PORTS ? ports : memory;
  }

  List<BridgeWindow> windows() {
    return windows;
  }
}
