package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.Window;

/**
 * Decodes the BARs of one bus where the guest wants them and it is possible: what a bridge's
 * windows pass goes on to the bus above, and at last into the machine's address spaces. One that
 * lies outside the windows, or where another device decodes already, is not decoded: the first that
 * came keeps the place, and whoever waits for it gets it when it is free.
 */
public final class BarDecoder implements Upstream {
  private static final RegisterBlock NOBODY =
      new RegisterBlock() {
        @Override
        public long read(int offset, int size) {
          return 0;
        }

        @Override
        public void write(int offset, int size, long value) {}
      };

  private final Upstream upstream;
  private List<BridgeWindow> windows;

  /** What each enabled BAR asks for, in the order of asking. */
  private final Map<Bar, Window> wanted = new LinkedHashMap<>();

  /** Those of them that nobody is behind. */
  private final List<Bar> vacant = new ArrayList<>();

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
    vacant.forEach(this::release);
    vacant.clear();
    release(bar);
    want(bar, window);
  }

  private void want(Bar bar, Window window) {
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

  /**
   * Nobody is behind the BARs of this bus any more: the bridge answers in their place, and reads
   * give 0, until {@link #clear} or until a card that came later has a BAR decoded. All ones, as
   * for an address that nobody ever had, would be as good to hardware, but drivers of virtio
   * devices wait for a status of 0 (decision 0014).
   */
  void vacate() {
    Map<Bar, Window> before = new LinkedHashMap<>(wanted);
    clear();
    before.forEach((bar, was) -> {
      Bar nobody = new Bar(bar.index(), bar.kind(), bar.size(), bar.width(), NOBODY);
      vacant.add(nobody);
      want(nobody, new Window(was.name(), was.base(), bar.size(), bar.width(), NOBODY));
    });
  }

  /** Decodes nothing any more. */
  void clear() {
    List.copyOf(wanted.keySet()).forEach(this::release);
    vacant.clear();
  }

  /** What passes. */
  List<BridgeWindow> windows() {
    return windows;
  }
}
