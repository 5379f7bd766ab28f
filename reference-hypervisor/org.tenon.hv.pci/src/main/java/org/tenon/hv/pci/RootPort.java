package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.irq.IrqLine;

/**
 * A PCI Express root port: a bridge (type 1 header, PCI-to-PCI bridge architecture specification
 * 1.2, chapter 3) to a bus of one place, which is a hot-plug slot. Its windows, its command
 * register and the state of its link decide what passes: configuration accesses, BARs, and what the
 * function behind it writes.
 *
 * <p>Someone at the machine calls {@link #insert}, {@link #pressAttentionButton} and {@link
 * #remove}; the guest's hot-plug driver does the rest. Run-loop thread.
 */
public final class RootPort implements PciBridge, Saved {
  /** PCI-to-PCI bridge, normal decode. */
  public static final int CLASS_CODE = 0x060400;

  private static final int TYPE_1_HEADER = 1 << 16;
  private static final int COMMAND_STATUS = 0x04;
  private static final int CLASS_REVISION = 0x08;
  private static final int CACHE_LINE = 0x0c;
  private static final int BUS_NUMBERS = 0x18;
  private static final int PORT_WINDOW = 0x1c;
  private static final int MEMORY_WINDOW = 0x20;
  private static final int PREFETCHABLE_WINDOW = 0x24;
  private static final int PREFETCHABLE_BASE_HIGH = 0x28;
  private static final int PREFETCHABLE_LIMIT_HIGH = 0x2c;
  private static final int CAPABILITIES = 0x34;
  private static final int INTERRUPT = 0x3c;

  private static final int PIN_INTA = 1 << 8;
  private static final int MEMORY_WINDOW_WRITABLE = 0xfff0fff0;

  /** Both ends of the prefetchable window say that they have 64 bits. */
  private static final int WIDE = 0x00010001;

  private static final int PORT_WINDOW_WRITABLE = 0xf0f0;

  /** Bridge control, in the high half of the interrupt register: parity, SERR#, bus reset. */
  private static final int SECONDARY_RESET = 1 << 22;

  private static final int BRIDGE_CONTROL_WRITABLE = 1 << 16 | 1 << 17 | SECONDARY_RESET;
  private static final int COMMAND_WRITABLE =
      Command.IO_SPACE | Command.MEMORY_SPACE | Command.ALWAYS;

  private final PciIdentity identity;
  private final IrqLine wire;
  private final BusMaster master;
  private final IrqLine cardWire;
  private final BarDecoder cardDecoder;
  private final Msi msi;
  private final ExpressPort slot;
  private final CapabilityList capabilities;
  private final PciBus secondary = new PciBus();
  private int command;
  private int cacheLine;
  private int busNumbers;
  private int portWindow = 0xf0;
  private int memoryWindow = 0xfff0;
  private int prefetchableWindow = 0xfff0;
  private int prefetchableBaseHigh;
  private int prefetchableLimitHigh;
  private int interruptControl;
  private boolean interrupting;
  private @Nullable Type0Function card;
  private BusMaster cardMaster;
  private Runnable onPowerOff = () -> {};

  /**
   * A port with an empty slot, as after reset.
   *
   * @param name for messages
   * @param number of the slot, 1 to 255
   * @param place the port's own on bus 0
   * @param cardWire INTA of a function in the slot
   */
  public RootPort(String name, PciIdentity identity, int number, PciSlot place, IrqLine cardWire) {
    this.identity = identity;
    this.cardWire = cardWire;
    wire = place.wire();
    master = place.master();
    cardMaster = master.behindBridge();
    cardDecoder = place.decoder().behindBridge();
    msi = new Msi(1, master);
    slot = new ExpressPort(number, new Effects());
    SubsystemId subsystem =
        new SubsystemId(identity.subsystem() << 16 | identity.subsystemVendor());
    capabilities = new CapabilityList(name, List.of(slot, msi, subsystem));
  }

  // ---- At the machine

  /** What a function to be inserted reaches; the slot is empty. A new one for each function. */
  public PciSlot slot() {
    cardMaster = master.behindBridge();
    cardMaster.pass(master.isEnabled());
    return new PciSlot(cardDecoder, cardMaster, cardWire, true);
  }

  /** Whether there is no function in the slot. */
  public boolean isEmpty() {
    return card == null;
  }

  /** Whether the slot has power, as the guest wants it. */
  public boolean isPowered() {
    return slot.isPowered();
  }

  /**
   * Puts a function in, which was made for {@link #slot()}. A guest need not notice before the
   * attention button is pressed.
   */
  public void insert(Type0Function function) {
    card = function;
    slot.insert();
  }

  /** Begins with a function in the slot, powered; instead of {@link #insert}, before the guest. */
  public void startWith(Type0Function function) {
    card = function;
    slot.start();
  }

  /**
   * Presses the attention button: a guest that knows it begins to take the function out of use, or
   * in use if its power is off.
   */
  public void pressAttentionButton() {
    slot.press();
  }

  /** Takes the function out, whatever the guest does with it; nothing if there is none. */
  public void remove() {
    Type0Function gone = card;
    if (gone != null) {
      card = null;
      if (slot.isLinkUp()) {
        secondary.unplug(0, 0);
      }
      gone.remove();
      slot.remove();
    }
  }

  /** What to do each time the guest turns off the power of a slot that is not empty. */
  public void onPowerOff(Runnable action) {
    onPowerOff = action;
  }

  /**
   * Sets bus numbers and windows, as firmware does before a kernel starts.
   *
   * @param bus the number of the bus behind the port
   * @param windows one of each kind, whole multiples of 4 KiB (ports) or 1 MiB
   */
  public void configure(int bus, List<BridgeWindow> windows) {
    writeConfig(BUS_NUMBERS, bus << 16 | bus << 8, -1);
    for (BridgeWindow window : windows) {
      int first = (int) (window.first() >>> 16);
      int last = (int) (window.last() >>> 16);
      switch (window.kind()) {
        case PORTS ->
            writeConfig(
                PORT_WINDOW, (int) (window.first() >>> 8) | (int) window.last() & 0xf000, -1);
        case MEMORY32 -> writeConfig(MEMORY_WINDOW, last << 16 | first & 0xffff, -1);
        case MEMORY64 -> {
          writeConfig(PREFETCHABLE_WINDOW, last << 16 | first & 0xffff, -1);
          writeConfig(PREFETCHABLE_BASE_HIGH, (int) (window.first() >>> 32), -1);
          writeConfig(PREFETCHABLE_LIMIT_HIGH, (int) (window.last() >>> 32), -1);
        }
      }
    }
  }

  private final class Effects implements ExpressPort.Owner {
    @Override
    public void link(boolean up) {
      Type0Function function = card;
      if (function == null) {
        return;
      }
      if (up) {
        secondary.plug(0, 0, function);
      } else {
        secondary.unplug(0, 0);
        function.reset(slot.isPowered() ? ResetDepth.BUS : ResetDepth.POWER);
      }
    }

    @Override
    public void poweredOff() {
      cardDecoder.clear();
      if (card != null) {
        onPowerOff.run();
      }
    }

    /** A message goes out when there begins to be a reason (6.7.3.4). */
    @Override
    public void interrupt(boolean asserted) {
      boolean before = interrupting;
      interrupting = asserted;
      driveWire();
      if (asserted && !before) {
        msi.signal(0);
      }
    }
  }

  private void driveWire() {
    wire.set(interrupting && !msi.isEnabled() && (command & Command.INTX_DISABLE) == 0);
  }

  // ---- Configuration space

  @Override
  public PciBus secondary() {
    return secondary;
  }

  @Override
  public int secondaryNumber() {
    return busNumbers >>> 8 & 0xff;
  }

  @Override
  public int subordinateNumber() {
    return busNumbers >>> 16 & 0xff;
  }

  @Override
  public int readConfig(int register) {
    if (register >= CapabilityList.FIRST) {
      return capabilities.read(register);
    }
    return switch (register) {
      case 0 -> identity.device() << 16 | identity.vendor();
      case COMMAND_STATUS ->
          command | Command.CAPABILITY_LIST | (interrupting ? Command.INTERRUPT_STATUS : 0);
      case CLASS_REVISION -> identity.classCode() << 8 | identity.revision();
      case CACHE_LINE -> TYPE_1_HEADER | cacheLine;
      case BUS_NUMBERS -> busNumbers;
      case PORT_WINDOW -> portWindow;
      case MEMORY_WINDOW -> memoryWindow;
      case PREFETCHABLE_WINDOW -> prefetchableWindow | WIDE;
      case PREFETCHABLE_BASE_HIGH -> prefetchableBaseHigh;
      case PREFETCHABLE_LIMIT_HIGH -> prefetchableLimitHigh;
      case CAPABILITIES -> capabilities.first();
      case INTERRUPT -> interruptControl | PIN_INTA;
      default -> 0;
    };
  }

  @Override
  public void writeConfig(int register, int value, int lanes) {
    if (register >= CapabilityList.FIRST) {
      capabilities.write(register, value, lanes);
      driveWire();
      return;
    }
    switch (register) {
      case COMMAND_STATUS -> writeCommand(Registers.merge(command, value, lanes, COMMAND_WRITABLE));
      case CACHE_LINE -> cacheLine = Registers.merge(cacheLine, value, lanes, 0xff);
      case BUS_NUMBERS -> busNumbers = Registers.merge(busNumbers, value, lanes, 0xffffff);
      case PORT_WINDOW ->
          portWindow = Registers.merge(portWindow, value, lanes, PORT_WINDOW_WRITABLE);
      case MEMORY_WINDOW ->
          memoryWindow = Registers.merge(memoryWindow, value, lanes, MEMORY_WINDOW_WRITABLE);
      case PREFETCHABLE_WINDOW ->
          prefetchableWindow =
              Registers.merge(prefetchableWindow, value, lanes, MEMORY_WINDOW_WRITABLE);
      case PREFETCHABLE_BASE_HIGH ->
          prefetchableBaseHigh = Registers.merge(prefetchableBaseHigh, value, lanes, -1);
      case PREFETCHABLE_LIMIT_HIGH ->
          prefetchableLimitHigh = Registers.merge(prefetchableLimitHigh, value, lanes, -1);
      case INTERRUPT -> {
        interruptControl =
            Registers.merge(interruptControl, value, lanes, 0xff | BRIDGE_CONTROL_WRITABLE);
        slot.hotReset((interruptControl & SECONDARY_RESET) != 0);
      }
      default -> {}
    }
    cardDecoder.pass(windows());
  }

  private void writeCommand(int value) {
    command = value;
    driveWire();
    master.set((command & Command.BUS_MASTER) != 0);
    cardMaster.pass(master.isEnabled());
  }

  /** What the bridge passes to the bus behind it; a window whose end is below its start is shut. */
  private List<BridgeWindow> windows() {
    List<BridgeWindow> open = new ArrayList<>();
    if ((command & Command.IO_SPACE) != 0) {
      long first = (portWindow & 0xf0L) << 8;
      add(open, Bar.Kind.PORTS, first, portWindow & 0xf000L | 0xfff);
    }
    if ((command & Command.MEMORY_SPACE) != 0) {
      add(open, Bar.Kind.MEMORY32, base(memoryWindow), limit(memoryWindow));
      long first = (long) prefetchableBaseHigh << 32 | base(prefetchableWindow);
      long last = (long) prefetchableLimitHigh << 32 | limit(prefetchableWindow);
      add(open, Bar.Kind.MEMORY64, first, last);
    }
    return open;
  }

  private static long base(int window) {
    return (window & 0xfff0L) << 16;
  }

  private static long limit(int window) {
    return Integer.toUnsignedLong(window & 0xfff00000) | 0xfffff;
  }

  private static void add(List<BridgeWindow> open, Bar.Kind kind, long first, long last) {
    if (first >= 0 && Long.compareUnsigned(first, last) <= 0) {
      open.add(new BridgeWindow(kind, first, last < 0 ? Long.MAX_VALUE : last));
    }
  }

  @Override
  public void save(StateWriter out) throws StateException {
    out.put(
        new RootPortState(
            command,
            cacheLine,
            busNumbers,
            portWindow,
            memoryWindow,
            prefetchableWindow,
            prefetchableBaseHigh,
            prefetchableLimitHigh,
            interruptControl,
            interrupting));
    capabilities.save(out);
  }

  /** Before the function in the slot is restored. */
  @Override
  public void restore(StateReader in) throws StateException {
    RootPortState state = in.take(RootPortState.class);
    command = state.command() & COMMAND_WRITABLE;
    cacheLine = state.cacheLine() & 0xff;
    busNumbers = state.busNumbers() & 0xffffff;
    portWindow = state.portWindow() & PORT_WINDOW_WRITABLE;
    memoryWindow = state.memoryWindow() & MEMORY_WINDOW_WRITABLE;
    prefetchableWindow = state.prefetchableWindow() & MEMORY_WINDOW_WRITABLE;
    prefetchableBaseHigh = state.prefetchableBaseHigh();
    prefetchableLimitHigh = state.prefetchableLimitHigh();
    interruptControl = state.interruptControl() & (0xff | BRIDGE_CONTROL_WRITABLE);
    capabilities.restore(in);
    restoreLink();
    interrupting = state.interrupting();
    driveWire();
    master.restore((command & Command.BUS_MASTER) != 0);
    cardMaster.restorePassed(master.isEnabled());
    cardDecoder.pass(windows());
  }

  private void restoreLink() {
    boolean before = slot.isLinkUp();
    slot.restoreLink((interruptControl & SECONDARY_RESET) != 0);
    if (before && !slot.isLinkUp()) {
      secondary.unplug(0, 0);
    }
  }
}
