package org.tenon.hv.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.Window;
import org.tenon.hv.irq.SharedLine;

/**
 * A guest that turns a fuzzer's bytes into configuration accesses through ports and ECAM, into
 * accesses of what is decoded, and now and then somebody at the machine who moves a card. Whatever
 * they do nothing is thrown, and: what is decoded lies inside the host bridge's windows and, behind
 * a port, inside the port's; no function writes without the leave of every command register on its
 * way; a card that is gone does nothing.
 */
final class HierarchyProgram {
  private static final long LOW = 0xc0000000L;
  private static final long HIGH = 0x8000000000L;
  private static final int PORTS = 2;
  private static final int FIRST_PORT = 2;

  /** Registers that a guest has most to do with. */
  private static final int[] REGISTERS = {
    0x04, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x3c, 0x40, 0x44, 0x48, 0x50, 0x58, 0x5c,
    0x64, 0x68, 0x7c, 0x80, 0x84, 0x88, 0x8c
  };

  private final byte[] bytes;
  private final AddressSpace ports = new AddressSpace("ports", 0x10000);
  private final AddressSpace memory = new AddressSpace("memory", 1L << 52);
  private final BarDecoder decoder =
      new BarDecoder(
          ports,
          memory,
          List.of(
              new BridgeWindow(Bar.Kind.PORTS, 0x1000, 0xffff),
              new BridgeWindow(Bar.Kind.MEMORY32, LOW, 0xdfffffffL),
              new BridgeWindow(Bar.Kind.MEMORY64, HIGH, 0xbfffffffffL)));
  private final PciBus bus = new PciBus();
  private final PciGuest guest = new PciGuest(bus);
  private final EnhancedConfig ecam = new EnhancedConfig(bus);
  private final List<RootPort> rootPorts = new ArrayList<>();
  private final @Nullable Card[] cards = new @Nullable Card[PORTS];
  private final List<Card> gone = new ArrayList<>();
  private final SharedLine wire = new SharedLine(asserted -> {});
  private int answered;
  private int at;

  /** A function with everything that a function can have. */
  private static final class Card {
    private final BusMaster master;
    private final Msix msix;
    private final Msi msi;
    private final Type0Function function;

    Card(PciSlot slot) {
      master = slot.master();
      msix = new Msix(5, 1, master);
      msi = new Msi(4, master);
      function =
          new Type0Function(
              "card",
              new PciIdentity(0x1234, 0x5678, 0x018000, 7, 0x1af4, 0x40),
              List.of(
                  new Bar(0, Bar.Kind.PORTS, 32, RegisterWidth.ANY, new PciGuest.Ram(32)),
                  msix.bar(),
                  new Bar(2, Bar.Kind.MEMORY64, 4096, RegisterWidth.ANY, new PciGuest.Ram(4096))),
              List.of(msix, msi),
              slot);
    }

    void act(int what) {
      switch (what % 4) {
        case 0 -> msix.signal(what / 4 - 1);
        case 1 -> msi.signal(what / 4 - 1);
        case 2 -> function.setInterrupt(true);
        default -> function.setInterrupt(false);
      }
    }
  }

  private HierarchyProgram(byte[] bytes) {
    this.bytes = bytes;
    for (int i = 0; i < PORTS; i++) {
      RootPort port =
          new RootPort(
              "port" + i,
              new PciIdentity(0x1b36, 0xc, RootPort.CLASS_CODE, 0, 0x1af4, 0x1100),
              i + 1,
              new PciSlot(decoder, master(), wire.input()),
              wire.input());
      long part = i * 0x1000000L;
      port.configure(
          i + 1,
          List.of(
              new BridgeWindow(Bar.Kind.PORTS, 0x4000 + i * 0x1000, 0x4fff + i * 0x1000),
              new BridgeWindow(Bar.Kind.MEMORY32, LOW + part, LOW + part + 0xffffff),
              new BridgeWindow(Bar.Kind.MEMORY64, HIGH + part, HIGH + part + 0xffffff)));
      bus.plug(FIRST_PORT + i, 0, port);
      rootPorts.add(port);
    }
    bus.plug(0, 0, new HostBridge(0x1b36, 8, 0, 0));
    bus.plug(1, 0, new Card(new PciSlot(decoder, master(), wire.input())).function);
  }

  private static BusMaster master() {
    return new BusMaster((address, data) -> {});
  }

  /** Runs one; answers how often a card behind a port answered. */
  static int run(byte[] bytes) {
    HierarchyProgram program = new HierarchyProgram(bytes);
    while (program.at < bytes.length) {
      program.step();
      program.check();
    }
    return program.answered;
  }

  private int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private int u32() {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  private void step() {
    switch (u8() % 16) {
      case 0 -> move(u8() % PORTS);
      case 1 -> rootPorts.get(u8() % PORTS).pressAttentionButton();
      case 2, 3 -> access(u8() < 40 ? ports : memory);
      case 4 -> act();
      case 5 -> guest.write(place(), 4, 2, u8());
      case 6 -> guest.write(FIRST_PORT + u8() % PORTS, 0x58, 2, u32());
      case 7 -> look(u8() % PORTS);
      case 8 -> ecamAccess();
      default -> {
        int register = u8() < 200 ? REGISTERS[u8() % REGISTERS.length] : u8() & 0xfc;
        int size = 1 << u8() % 3;
        int offset = register | u8() & 3 & -size;
        guest.write(place(), offset, size, value());
      }
    }
  }

  private int place() {
    int choice = u8();
    return choice < 230 ? new int[] {1, 2, 3, 32, 64}[choice % 5] : u8() << 8 | u8();
  }

  /** An address near a window now and then, else anything. */
  private long value() {
    return switch (u8() % 4) {
      case 0 -> LOW + ((u8() & 7) << 12);
      case 1 -> u8();
      case 2 -> 0xffffffffL;
      default -> u32();
    };
  }

  private void move(int slot) {
    RootPort port = rootPorts.get(slot);
    Card out = cards[slot];
    if (out == null) {
      Card in = new Card(port.slot());
      cards[slot] = in;
      port.insert(in.function);
    } else {
      port.remove();
      gone.add(out);
      cards[slot] = null;
    }
  }

  private void look(int slot) {
    guest.write(FIRST_PORT + slot, 0x58, 2, 0);
    int number = rootPorts.get(slot).secondaryNumber();
    if (cards[slot] != null && guest.read(PciGuest.at(number, 0), 0, 4) == 0x56781234) {
      answered++;
    }
  }

  private void ecamAccess() {
    int offset = (place() << 15 | u8() << 4 | u8() & 15) & 0xfffffff;
    int size = 1 << u8() % 4;
    if (size <= 4 && u8() < 128) {
      ecam.write(offset, size, value());
    } else {
      var _ = ecam.read(offset, size);
    }
  }

  private void access(AddressSpace space) {
    if (space.windows().isEmpty()) {
      return;
    }
    Window window = space.windows().get(u8() % space.windows().size());
    long address = window.base() + (u32() & 0x7fffffffL) % (window.length() + 8);
    int size = 1 << u8() % 4;
    if (u8() < 160) {
      space.write(address, size, u32());
    } else {
      var _ = space.read(address, size);
    }
  }

  private void act() {
    Card card = u8() < 200 || gone.isEmpty() ? cards[u8() % PORTS] : gone.get(u8() % gone.size());
    if (card != null) {
      card.act(u8());
    }
  }

  private void check() {
    for (Window window : memory.windows()) {
      boolean low = window.base() >= LOW && window.base() <= 0xdfffffffL;
      assertThat(low || window.base() >= HIGH).as("%s", window).isTrue();
    }
    for (int slot = 0; slot < PORTS; slot++) {
      Card card = cards[slot];
      if (card != null && card.master.isEnabled()) {
        assertThat(guest.read(FIRST_PORT + slot, 4, 2) & 4).as("the port's leave").isEqualTo(4);
        assertThat(card.function.readConfig(4) & 4).as("the card's own").isEqualTo(4);
      }
    }
    for (Card card : gone) {
      assertThat(card.master.isEnabled()).as("a card that is gone").isFalse();
      assertThat(card.function.readConfig(4) & 1 << 19).isZero();
    }
  }
}
