package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.irq.IrqLine;

/**
 * A function with a type 0 header (PCI local bus specification 3.0, 6.1): identity, command and
 * status, base addresses, capabilities, one interrupt wire. A device model owns it and is told
 * nothing but through its {@link BusMaster}, its BARs and its capabilities, and of a reset. In a
 * PCI Express slot it has the capability of an endpoint as its last.
 */
public final class Type0Function implements PciFunction, Saved {
  private static final int COMMAND_STATUS = 0x04;
  private static final int CLASS_REVISION = 0x08;
  private static final int CACHE_LINE = 0x0c;
  private static final int FIRST_BAR = 0x10;
  private static final int LAST_BAR = 0x24;
  private static final int SUBSYSTEM = 0x2c;
  private static final int CAPABILITIES = 0x34;
  private static final int INTERRUPT = 0x3c;
  private static final int PIN_INTA = 1 << 8;

  private final String name;
  private final PciIdentity identity;
  private final List<Bar> bars;
  private final CapabilityList capabilities;
  private final BarDecoder decoder;
  private final BusMaster master;
  private final IrqLine wire;
  private final int commandMask;
  private final boolean pin;
  private final int[] bases = new int[6];
  private int command;
  private int cacheLine;
  private int interruptLine;
  private boolean interrupting;
  private boolean removed;
  private Consumer<ResetDepth> onReset = depth -> {};

  /**
   * A function after reset, with every BAR at 0 and nothing decoded.
   *
   * @param name for messages, such as {@code disk0}
   * @param bars not overlapping in index
   * @param capabilities in the order of the list; together at most 132 bytes
   * @param slot where it is plugged in
   */
  public Type0Function(
      String name,
      PciIdentity identity,
      List<Bar> bars,
      List<? extends Capability> capabilities,
      PciSlot slot) {
    this(name, identity, bars, capabilities, slot, true, true);
  }

  /**
   * One with or without an interrupt pin.
   *
   * @param pin whether it drives INTA
   * @param functionReset whether the guest can reset it alone, where the slot is PCI Express
   */
  public Type0Function(
      String name,
      PciIdentity identity,
      List<Bar> bars,
      List<? extends Capability> capabilities,
      PciSlot slot,
      boolean pin,
      boolean functionReset) {
    this.pin = pin;
    this.name = name;
    this.identity = identity;
    this.bars = List.copyOf(bars);
    List<Capability> all = new ArrayList<>(capabilities);
    if (slot.express()) {
      all.add(new ExpressEndpoint(functionReset ? () -> reset(ResetDepth.FUNCTION) : null));
    }
    this.capabilities = new CapabilityList(name, all);
    decoder = slot.decoder();
    master = slot.master();
    wire = slot.wire();
    int spaces = 0;
    for (Bar bar : bars) {
      spaces |= bar.kind() == Bar.Kind.PORTS ? Command.IO_SPACE : Command.MEMORY_SPACE;
    }
    commandMask = spaces | Command.ALWAYS;
  }

  /** Its base address registers. */
  List<Bar> bars() {
    return bars;
  }

  /**
   * What else to do when the guest resets the function: what lies behind the BARs returns to its
   * state after power-on too, or keeps what is sticky. Also run when the function is pulled out,
   * which is to it as if the power went.
   */
  public void onReset(Consumer<ResetDepth> action) {
    onReset = action;
  }

  /** To the state after power-on. */
  public void reset(ResetDepth depth) {
    onReset.accept(depth);
    capabilities.reset();
    Arrays.fill(bases, 0);
    cacheLine = 0;
    interruptLine = 0;
    interrupting = false;
    writeCommand(0);
  }

  /**
   * Pulled out: from now on nothing reaches it and it reaches nothing. It was alone on its bus, of
   * which its owner has unplugged it.
   */
  public void remove() {
    decoder.vacate();
    reset(ResetDepth.POWER);
    removed = true;
  }

  /** Sets a BAR as the guest would. */
  void place(Bar bar, long base) {
    bases[bar.index()] = (int) base;
    if (bar.kind() == Bar.Kind.MEMORY64) {
      bases[bar.index() + 1] = (int) (base >>> 32);
    }
    decode(bar);
  }

  /**
   * Drives the interrupt wire, which stays as it is until driven again; whoever uses messages
   * leaves it low.
   */
  public void setInterrupt(boolean asserted) {
    interrupting = asserted && !removed;
    driveWire();
  }

  private void driveWire() {
    wire.set(interrupting && (command & Command.INTX_DISABLE) == 0);
  }

  @Override
  public int readConfig(int register) {
    if (register >= CapabilityList.FIRST) {
      return capabilities.read(register);
    }
    if (register >= FIRST_BAR && register <= LAST_BAR) {
      return readBar((register - FIRST_BAR) / 4);
    }
    return switch (register) {
      case 0 -> identity.device() << 16 | identity.vendor();
      case COMMAND_STATUS ->
          command
              | (interrupting ? Command.INTERRUPT_STATUS : 0)
              | (capabilities.first() == 0 ? 0 : Command.CAPABILITY_LIST);
      case CLASS_REVISION -> identity.classCode() << 8 | identity.revision();
      case CACHE_LINE -> cacheLine;
      case SUBSYSTEM -> identity.subsystem() << 16 | identity.subsystemVendor();
      case CAPABILITIES -> capabilities.first();
      case INTERRUPT -> (pin ? PIN_INTA : 0) | interruptLine;
      default -> 0;
    };
  }

  @Override
  public void writeConfig(int register, int value, int lanes) {
    if (register >= CapabilityList.FIRST) {
      capabilities.write(register, value, lanes);
    } else if (register >= FIRST_BAR && register <= LAST_BAR) {
      writeBar((register - FIRST_BAR) / 4, value, lanes);
    } else if (register == COMMAND_STATUS) {
      writeCommand(Registers.merge(command, value, lanes, commandMask));
    } else if (register == CACHE_LINE) {
      cacheLine = Registers.merge(cacheLine, value, lanes, 0xff);
    } else if (register == INTERRUPT) {
      interruptLine = Registers.merge(interruptLine, value, lanes, 0xff);
    }
  }

  private void writeCommand(int value) {
    int changed = command ^ value;
    command = value;
    if ((changed & (Command.IO_SPACE | Command.MEMORY_SPACE)) != 0) {
      bars.forEach(this::decode);
    }
    driveWire();
    master.set((command & Command.BUS_MASTER) != 0);
  }

  private @Nullable Bar barAt(int index) {
    for (Bar bar : bars) {
      if (index >= bar.index() && index < bar.index() + bar.registersTaken()) {
        return bar;
      }
    }
    return null;
  }

  private int readBar(int index) {
    Bar bar = barAt(index);
    return bar == null ? 0 : bases[index] | (index == bar.index() ? bar.typeBits() : 0);
  }

  private void writeBar(int index, int value, int lanes) {
    Bar bar = barAt(index);
    if (bar != null) {
      bases[index] = Registers.merge(bases[index], value, lanes, writableBase(index));
      decode(bar);
    }
  }

  private int writableBase(int index) {
    Bar bar = barAt(index);
    if (bar == null) {
      return 0;
    }
    long mask = -bar.size();
    return index == bar.index() ? (int) mask : (int) (mask >>> 32);
  }

  /** Decodes a BAR where it stands now, if its space is enabled. */
  private void decode(Bar bar) {
    int space = bar.kind() == Bar.Kind.PORTS ? Command.IO_SPACE : Command.MEMORY_SPACE;
    if ((command & space) == 0) {
      decoder.release(bar);
      return;
    }
    long high = bar.kind() == Bar.Kind.MEMORY64 ? (long) bases[bar.index() + 1] << 32 : 0;
    long base = high | Integer.toUnsignedLong(bases[bar.index()]);
    decoder.decode(bar, base, name + ".bar" + bar.index());
  }

  /** Its own record, then those of its capabilities in the order of the list. */
  @Override
  public void save(StateWriter out) throws StateException {
    List<Integer> registers = Arrays.stream(bases).boxed().toList();
    out.put(new PciFunctionState(command, cacheLine, interruptLine, registers, interrupting));
    capabilities.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    PciFunctionState state = in.take(PciFunctionState.class);
    command = state.command() & commandMask;
    cacheLine = state.cacheLine();
    interruptLine = state.interruptLine();
    interrupting = state.interrupting();
    for (int index = 0; index < bases.length; index++) {
      bases[index] = state.bases().get(index) & writableBase(index);
    }
    bars.forEach(this::decode);
    driveWire();
    master.restore((command & Command.BUS_MASTER) != 0);
    capabilities.restore(in);
  }
}
