package org.tenon.hv.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.irq.IrqLine;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.PciBus;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.RootPort;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.platform.AddressRange;
import org.tenon.hv.platform.MachineType;

/** The machine's root ports, configured as firmware does it. */
final class RootPorts {
  private final List<RootPort> ports = new ArrayList<>();
  private final List<List<BridgeWindow>> windows = new ArrayList<>();
  private final List<BridgeWindow> all;

  /**
   * Plugs them into bus 0.
   *
   * @param slots the place of each device of bus 0
   * @param wires INTA of what is behind each device of bus 0
   */
  RootPorts(MachineType type, PciBus bus, IntFunction<PciSlot> slots, IntFunction<IrqLine> wires) {
    all =
        List.of(
            window(Bar.Kind.PORTS, type.range("hot-plug.port-window")),
            window(Bar.Kind.MEMORY32, type.range("hot-plug.memory32")),
            window(Bar.Kind.MEMORY64, type.range("hot-plug.memory64")));
    int subsystem = type.integer("root-port.subsystem");
    PciIdentity identity =
        new PciIdentity(
            type.integer("root-port.vendor"),
            type.integer("root-port.device"),
            RootPort.CLASS_CODE,
            type.integer("root-port.revision"),
            subsystem & 0xffff,
            subsystem >>> 16);
    AddressRange devices = type.range("hot-plug.ports");
    int count = (int) devices.length();
    for (int i = 0; i < count; i++) {
      int device = (int) devices.first() + i;
      int number = i + 1;
      RootPort port =
          new RootPort("port" + number, identity, number, slots.apply(device), wires.apply(device));
      int part = i;
      List<BridgeWindow> share = all.stream().map(whole -> share(whole, part, count)).toList();
      port.configure(number, share);
      bus.plug(device, 0, port);
      ports.add(port);
      windows.add(share);
    }
  }

  private static BridgeWindow window(Bar.Kind kind, AddressRange range) {
    return new BridgeWindow(kind, range.first(), range.last());
  }

  private static BridgeWindow share(BridgeWindow whole, int part, int parts) {
    long length = (whole.last() - whole.first() + 1) / parts;
    long first = whole.first() + part * length;
    return new BridgeWindow(whole.kind(), first, first + length - 1);
  }

  /** What is left of the host bridge's windows below those of the ports. */
  List<BridgeWindow> below(List<BridgeWindow> bridge) {
    return bridge.stream()
        .map(window ->
            all.stream()
                .filter(taken -> taken.kind() == window.kind())
                .findFirst()
                .map(taken -> new BridgeWindow(window.kind(), window.first(), taken.first() - 1))
                .orElse(window))
        .toList();
  }

  /** The ports by slot number, from 1 on. */
  List<RootPort> ports() {
    return ports;
  }

  /** The state of each. */
  void save(StateWriter out) throws StateException {
    for (RootPort port : ports) {
      port.save(out);
    }
  }

  /** Before what is behind them is restored. */
  void restore(StateReader in) throws StateException {
    for (RootPort port : ports) {
      port.restore(in);
    }
  }

  /**
   * Begins with a function in a port's slot, its BARs placed as firmware does it.
   *
   * @throws IllegalArgumentException when they do not fit; the slot stays empty
   */
  void startWith(RootPort port, Type0Function function) {
    port.startWith(function);
    try {
      new BarAllocator(windows.get(ports.indexOf(port))).allocate(function);
    } catch (IllegalArgumentException e) {
      port.remove();
      throw e;
    }
  }
}
