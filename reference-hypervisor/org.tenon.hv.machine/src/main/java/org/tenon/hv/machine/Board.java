package org.tenon.hv.machine;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.Window;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.irq.ApicBus;
import org.tenon.hv.irq.InterruptRouting;
import org.tenon.hv.irq.IoApic;
import org.tenon.hv.irq.IoApicState;
import org.tenon.hv.irq.IrqLine;
import org.tenon.hv.irq.PicPair;
import org.tenon.hv.irq.PicState;
import org.tenon.hv.irq.SharedLine;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BarDecoder;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.ConfigPorts;
import org.tenon.hv.pci.EnhancedConfig;
import org.tenon.hv.pci.HostBridge;
import org.tenon.hv.pci.PciBus;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.Type0Function;
import org.tenon.hv.platform.AddressRange;
import org.tenon.hv.platform.KeyboardController;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.Pit;
import org.tenon.hv.platform.PitState;
import org.tenon.hv.platform.PowerControl;
import org.tenon.hv.platform.PowerManagement;
import org.tenon.hv.platform.ResetControl;
import org.tenon.hv.platform.Rtc;
import org.tenon.hv.platform.RtcState;
import org.tenon.hv.platform.Uart16550;
import org.tenon.hv.platform.UartState;

/** Every device of the machine at its place in the two address spaces. */
final class Board {
  private static final long PORTS = 0x10000;
  private static final long MMIO = 1L << 52;

  private final MachineType type;
  private final AddressSpace ports = new AddressSpace("ports", PORTS);
  private final AddressSpace mmio = new AddressSpace("mmio", MMIO);
  private final List<IrqLine> legacyOutput = new ArrayList<>();

  final ApicBus apicBus = new ApicBus();
  final IoApic ioApic = new IoApic(apicBus);
  final PicPair pics = new PicPair(asserted -> legacyOutput.forEach(line -> line.set(asserted)));
  final InterruptRouting routing;
  final Pit pit;
  final Rtc rtc;
  final Uart16550 com1;
  final KeyboardController keyboard;
  final PowerManagement power;
  final ResetControl resetControl;
  final PciBus pci = new PciBus();
  final ConfigPorts configPorts;
  private final RootPorts rootPorts;
  private final BarDecoder decoder;
  private final BarAllocator allocator;
  private final List<SharedLine> intx = new ArrayList<>();
  private int nextSlot;

  /**
   * A board without processors.
   *
   * @param powerOn the time of day at machine time 0, seconds since 1970
   */
  Board(
      MachineType type,
      MachineClock clock,
      long powerOn,
      PowerControl control,
      Uart16550.Peer console) {
    this.type = type;
    routing = new InterruptRouting(pics, ioApic, type.isaPins());
    pit = new Pit(clock, isa("irq.timer"));
    rtc = new Rtc(clock, isa("irq.rtc"), powerOn);
    com1 = new Uart16550(isa("irq.com1"), console);
    keyboard = new KeyboardController(control);
    power = new PowerManagement(clock, isa("irq.sci"), control);
    resetControl = new ResetControl(control);
    configPorts = new ConfigPorts(pci, resetControl);
    pci.plug(
        0,
        0,
        new HostBridge(
            type.integer("host-bridge.vendor"),
            type.integer("host-bridge.device"),
            type.integer("host-bridge.revision"),
            type.integer("host-bridge.subsystem")));
    decoder = new BarDecoder(ports, mmio, bridgeWindows());
    nextSlot = (int) type.range("pci.slots").first();
    for (int i = 0; i < type.integer("pci.intx-count"); i++) {
      intx.add(new SharedLine(routing.ioApicPin(type.integer("pci.intx-first") + i)));
    }
    rootPorts = new RootPorts(type, pci, this::slot, device -> intx(device).input());
    allocator = new BarAllocator(rootPorts.below(bridgeWindows()));
    mapPorts();
    long ioApicBase = type.number("io-apic.base");
    mmio.map(new Window("io-apic", ioApicBase, IoApic.WINDOW, RegisterWidth.DWORD, ioApic));
    AddressRange ecam = type.range("pci.ecam");
    mmio.map(
        new Window(
            "ecam", ecam.first(), ecam.length(), RegisterWidth.ANY, new EnhancedConfig(pci)));
  }

  private IrqLine isa(String key) {
    return routing.isa(type.integer(key));
  }

  private void mapPorts() {
    map("pic-master", RegisterWidth.BYTE, pics.masterPorts());
    map("pic-slave", RegisterWidth.BYTE, pics.slavePorts());
    map("pic-elcr", RegisterWidth.BYTE, pics.edgeLevelPorts());
    map("pit", RegisterWidth.BYTE, pit);
    map("speaker", RegisterWidth.BYTE, pit.speakerPort());
    map("kbd-data", RegisterWidth.BYTE, keyboard.dataPort());
    map("kbd-command", RegisterWidth.BYTE, keyboard.commandPort());
    map("rtc", RegisterWidth.BYTE, rtc);
    map("com1", RegisterWidth.BYTE, com1);
    map("pm-event", RegisterWidth.WORD, power.eventBlock());
    map("pm-control", RegisterWidth.WORD, power.controlBlock());
    map("pm-timer", RegisterWidth.DWORD, power.timerBlock());
    map("pci-address", RegisterWidth.ANY, configPorts.addressPorts());
    map("pci-data", RegisterWidth.ANY, configPorts.dataPorts());
  }

  private void map(String name, RegisterWidth width, RegisterBlock registers) {
    AddressRange range = type.range("port." + name);
    ports.map(new Window(name, range.first(), range.length(), width, registers));
  }

  private List<BridgeWindow> bridgeWindows() {
    return List.of(
        window(Bar.Kind.PORTS, "pci.ports"),
        window(Bar.Kind.MEMORY32, "pci.memory32"),
        window(Bar.Kind.MEMORY64, "pci.memory64"));
  }

  private BridgeWindow window(Bar.Kind kind, String key) {
    AddressRange range = type.range(key);
    return new BridgeWindow(kind, range.first(), range.last());
  }

  /**
   * The next free slot of bus 0.
   *
   * @throws IllegalArgumentException when all are taken
   */
  PciSlot nextSlot() {
    AddressRange slots = type.range("pci.slots");
    if (nextSlot > slots.last()) {
      throw new IllegalArgumentException(
          "a machine of type %s has room for %d devices".formatted(type.name(), slots.length()));
    }
    return slot(nextSlot);
  }

  private PciSlot slot(int device) {
    return new PciSlot(decoder, new BusMaster(apicBus), intx(device).input());
  }

  /** INTA of a device of bus 0, and of what is behind it. */
  private SharedLine intx(int device) {
    return intx.get(device % intx.size());
  }

  /** The hot-plug slots. */
  RootPorts rootPorts() {
    return rootPorts;
  }

  /** The device number of the slot that {@link #nextSlot} gives. */
  int nextDevice() {
    return nextSlot;
  }

  /** Plugs a function into the slot that {@link #nextSlot} gave, its BARs placed. */
  void plug(Type0Function function) {
    allocator.allocate(function);
    pci.plug(nextSlot, 0, function);
    nextSlot++;
  }

  /** Connects the 8259 pair's output to a processor's LINT0. */
  void connectLegacyOutput(IrqLine lint0) {
    legacyOutput.add(lint0);
  }

  AddressSpace ports() {
    return ports;
  }

  AddressSpace mmio() {
    return mmio;
  }

  /**
   * Devices first: they drive their wires, whose effects the controllers' own state then replaces.
   */
  void save(StateWriter out, List<? extends PluggedDevice> plugged) throws StateException {
    out.put(pit.save());
    out.put(rtc.save());
    out.put(com1.save());
    out.put(keyboard.save());
    out.put(power.save());
    int count = rootPorts.ports().size();
    out.put(new BoardState(resetControl.save(), configPorts.save(), count));
    rootPorts.save(out);
    for (PluggedDevice device : plugged) {
      device.save(out);
    }
    out.put(pics.save());
    out.put(ioApic.save());
  }

  void restore(StateReader in, List<? extends PluggedDevice> plugged) throws StateException {
    pit.restore(in.take(PitState.class));
    rtc.restore(in.take(RtcState.class));
    com1.restore(in.take(UartState.class));
    keyboard.restore(in.take(KeyboardController.State.class));
    power.restore(in.take(PowerManagement.State.class));
    BoardState state = in.take(BoardState.class);
    resetControl.restore(state.resetControl());
    configPorts.restore(state.configAddress());
    if (state.rootPorts() == rootPorts.ports().size()) {
      rootPorts.restore(in);
    } else if (state.rootPorts() != 0) {
      throw new StateException("the saved machine has %d root ports".formatted(state.rootPorts()));
    }
    for (PluggedDevice device : plugged) {
      device.restore(in);
    }
    pics.restore(in.take(PicState.class));
    ioApic.restore(in.take(IoApicState.class));
  }
}
