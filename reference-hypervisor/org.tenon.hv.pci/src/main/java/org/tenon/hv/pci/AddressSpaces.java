package org.tenon.hv.pci;

import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.Window;

/** The machine's address spaces, where the first that asks for a place gets it. */
final class AddressSpaces implements Upstream {
  private static final System.Logger LOG = System.getLogger(AddressSpaces.class.getName());

  private final AddressSpace ports;
  private final AddressSpace memory;
  private final Map<Bar, Window> wanted = new LinkedHashMap<>();
  private final Map<Bar, Window> decoded = new LinkedHashMap<>();

  AddressSpaces(AddressSpace ports, AddressSpace memory) {
    this.ports = ports;
    this.memory = memory;
  }

  @Override
  public void decode(Bar bar, Window window) {
    wanted.put(bar, window);
    mapWhatFits();
  }

  @Override
  public void release(Bar bar) {
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
}
