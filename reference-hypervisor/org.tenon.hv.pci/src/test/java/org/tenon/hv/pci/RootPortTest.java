package org.tenon.hv.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.RegisterWidth;

/** A root port and its slot as a guest's bridge and hot-plug drivers use them. */
class RootPortTest {
  private static final int PORT = 3;
  private static final int BUS = 5;
  private static final int CARD = PciGuest.at(BUS, 0);
  private static final long LOW = 0xc0000000L;
  private static final long HIGH = 0x8000000000L;
  private static final int COMMAND = 4;

  private static final int BUTTON = 1;
  private static final int PRESENCE_CHANGED = 8;
  private static final int COMPLETED = 0x10;
  private static final int PRESENT = 0x40;
  private static final int LINK_CHANGED = 0x100;
  private static final int POWER_OFF = 0x400;
  private static final int ALL_ENABLED = 0x103f;

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
  private final List<String> messages = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final PciBus bus = new PciBus();
  private final PciGuest guest = new PciGuest(bus);
  private final BusMaster master =
      new BusMaster((address, data) -> messages.add("%x:%x".formatted(address, data)));
  private boolean portWire;
  private boolean cardWire;
  private final RootPort port =
      new RootPort(
          "port1",
          new PciIdentity(0x1b36, 0xc, RootPort.CLASS_CODE, 0, 0x1af4, 0x1100),
          7,
          new PciSlot(decoder, master, asserted -> portWire = asserted),
          asserted -> cardWire = asserted);

  @SuppressWarnings("NullAway.Init") // by makeCard
  private Msix msix;

  @BeforeEach
  void plugPort() {
    bus.plug(PORT, 0, port);
    port.configure(
        BUS,
        List.of(
            new BridgeWindow(Bar.Kind.PORTS, 0x4000, 0x4fff),
            new BridgeWindow(Bar.Kind.MEMORY32, LOW + 0x1000000, LOW + 0x11fffff),
            new BridgeWindow(Bar.Kind.MEMORY64, HIGH + 0x40000000, HIGH + 0x4fffffff)));
    port.onPowerOff(() -> heard.add("power off"));
  }

  private Type0Function makeCard() {
    PciSlot slot = port.slot();
    slot.master().onEnabled(() -> heard.add("may write"));
    slot.master().onDisabled(() -> heard.add("may not write"));
    msix = new Msix(2, 1, slot.master());
    Type0Function card =
        new Type0Function(
            "card",
            new PciIdentity(0x1234, 0x5678, 0x018000, 7, 0x1af4, 0x40),
            List.of(
                new Bar(0, Bar.Kind.PORTS, 32, RegisterWidth.ANY, new PciGuest.Ram(32)),
                msix.bar(),
                new Bar(2, Bar.Kind.MEMORY64, 4096, RegisterWidth.ANY, new PciGuest.Ram(4096))),
            List.of(msix),
            slot);
    card.onReset(depth -> heard.add("reset " + depth));
    return card;
  }

  private int express() {
    return guest.capability(PORT, 0x10);
  }

  private int slotControl() {
    return (int) guest.read(PORT, express() + 0x18, 2);
  }

  private void slotControl(int value) {
    guest.write(PORT, express() + 0x18, 2, value);
  }

  private int slotStatus() {
    return (int) guest.read(PORT, express() + 0x1a, 2);
  }

  private void clearSlotStatus() {
    guest.write(PORT, express() + 0x1a, 2, 0xffff);
  }

  private boolean isLinkActive() {
    return (guest.read(PORT, express() + 0x12, 2) & 0x2000) != 0;
  }

  private boolean isThere() {
    return guest.read(CARD, 0, 4) == 0x56781234;
  }

  private void insertAndPower() {
    port.insert(makeCard());
    slotControl(slotControl() & ~POWER_OFF);
    clearSlotStatus();
    heard.clear();
  }

  private void enableMessages() {
    int msi = guest.capability(PORT, 5);
    guest.write(PORT, COMMAND, 2, 7);
    guest.write(PORT, msi + 4, 4, 0xfee01000L);
    guest.write(PORT, msi + 12, 2, 0x55);
    guest.write(PORT, msi + 2, 2, 1);
  }

  @Test
  void aBridgeWithASlotThatCanDoAllOfHotPlug() {
    assertThat(guest.read(PORT, 0x0e, 1)).as("header type").isEqualTo(1);
    assertThat(guest.read(PORT, 0x0a, 2)).isEqualTo(0x0604);
    assertThat(guest.read(PORT, express() + 2, 2)).as("root port, slot").isEqualTo(0x142);
    int slot = (int) guest.read(PORT, express() + 0x14, 4);
    assertThat(slot & 0x7f)
        .as("button, power, both indicators, surprise, hot-plug")
        .isEqualTo(0x7b);
    assertThat(slot >>> 19).isEqualTo(7);
    assertThat(guest.read(PORT, express() + 0x0c, 4) & 1 << 20).as("reports the link").isNotZero();
    assertThat(guest.read(PORT, guest.capability(PORT, 0x0d) + 4, 4)).isEqualTo(0x11001af4);
    assertThat(slotStatus()).as("empty").isZero();
    assertThat(slotControl() & POWER_OFF).isNotZero();
    assertThat(isLinkActive()).isFalse();
  }

  @Test
  void nothingIsBehindAnEmptySlotOrOnOtherBuses() {
    for (int number : new int[] {1, BUS, BUS + 1, 255}) {
      for (int device = 0; device < 32; device++) {
        assertThat(guest.read(PciGuest.at(number, device), 0, 4)).isEqualTo(0xffffffffL);
        guest.write(PciGuest.at(number, device), 4, 4, 7);
      }
    }
  }

  @Test
  void aCardAnswersWhereTheBusNumbersSaySo() {
    insertAndPower();
    assertThat(isThere()).isTrue();
    assertThat(guest.read(PciGuest.at(BUS, 1), 0, 4)).as("one place").isEqualTo(0xffffffffL);
    guest.write(PORT, 0x18, 4, 0x0b0900);
    assertThat(isThere()).isFalse();
    assertThat(guest.read(PciGuest.at(9, 0), 0, 4)).isEqualTo(0x56781234);
    assertThat(guest.read(PciGuest.at(10, 0), 0, 4)).as("no bridge there").isEqualTo(0xffffffffL);
    guest.write(PORT, 0x18, 4, 0xff0000);
    assertThat(guest.read(PciGuest.at(0, PORT), 0, 4)).as("bus 0 stays").isEqualTo(0x000c1b36);
  }

  @Test
  void barsAreReachedThroughTheOpenWindowsOnly() {
    insertAndPower();
    guest.write(PORT, COMMAND, 2, 7);
    guest.write(CARD, 0x10, 4, 0x4100);
    guest.write(CARD, 0x18, 4, 0x40001000);
    guest.write(CARD, 0x1c, 4, 0x80);
    guest.write(CARD, COMMAND, 2, 7);
    memory.write(HIGH + 0x40001004, 4, 77);
    ports.write(0x4104, 4, 78);
    assertThat(memory.read(HIGH + 0x40001004, 4)).isEqualTo(77);
    assertThat(ports.read(0x4104, 4)).isEqualTo(78);

    guest.write(PORT, COMMAND, 2, 5);
    assertThat(memory.find(HIGH + 0x40001004)).as("memory is off in the bridge").isNull();
    assertThat(ports.read(0x4104, 4)).isEqualTo(78);
    guest.write(PORT, COMMAND, 2, 7);
    assertThat(memory.read(HIGH + 0x40001004, 4)).isEqualTo(77);

    guest.write(PORT, 0x24, 4, 0x4ff04010);
    assertThat(memory.find(HIGH + 0x40001004)).as("the window begins later").isNull();
    guest.write(CARD, 0x18, 4, 0x40100000);
    assertThat(memory.read(HIGH + 0x40100004, 4)).isEqualTo(77);
    guest.write(PORT, 0x24, 4, 0x4000_4010);
    assertThat(memory.find(HIGH + 0x40100004)).as("it is shut").isNull();
    guest.write(PORT, 0x1c, 2, 0x5050);
    assertThat(ports.read(0x4104, 4)).isEqualTo(0xffffffffL);
  }

  @Test
  void whatTheCardWritesPassesBothCommandRegisters() {
    insertAndPower();
    guest.write(CARD, COMMAND, 2, 6);
    assertThat(heard).as("the bridge keeps it back").isEmpty();
    guest.write(PORT, COMMAND, 2, 6);
    assertThat(heard).containsExactly("may write");
    guest.write(CARD, 0x14, 4, LOW + 0x1000000);
    for (int word = 0; word < 4; word++) {
      memory.write(LOW + 0x1000000 + 4L * word, 4, new long[] {0xfee00000L, 0, 0x41, 0}[word]);
    }
    guest.write(CARD, guest.capability(CARD, 0x11) + 2, 2, 0x8000);
    msix.signal(0);
    guest.write(PORT, COMMAND, 2, 2);
    msix.signal(0);
    assertThat(messages).as("the second waits").containsExactly("fee00000:41");
    guest.write(PORT, COMMAND, 2, 6);
    assertThat(messages).hasSize(2);
    assertThat(heard).containsExactly("may write", "may not write", "may write");
  }

  /** What Linux's pciehp does, with the bits in its order. */
  @Test
  void aCardComesAndGoesInOrder() {
    enableMessages();
    slotControl(ALL_ENABLED | POWER_OFF);
    clearSlotStatus();
    messages.clear();
    port.insert(makeCard());
    assertThat(slotStatus()).isEqualTo(PRESENCE_CHANGED | PRESENT);
    port.pressAttentionButton();
    assertThat(messages).containsExactly("fee01000:55");
    assertThat(slotStatus()).isEqualTo(BUTTON | PRESENCE_CHANGED | PRESENT);
    assertThat(isThere()).as("no power yet").isFalse();
    clearSlotStatus();
    slotControl(ALL_ENABLED);
    assertThat(messages).hasSize(2);
    assertThat(slotStatus()).isEqualTo(COMPLETED | PRESENT | LINK_CHANGED);
    assertThat(isLinkActive()).isTrue();
    assertThat(isThere()).isTrue();
    clearSlotStatus();

    port.pressAttentionButton();
    assertThat(slotStatus()).isEqualTo(BUTTON | PRESENT);
    assertThat(messages).hasSize(3);
    clearSlotStatus();
    heard.clear();
    slotControl(ALL_ENABLED | POWER_OFF);
    assertThat(heard).containsExactly("reset POWER", "power off");
    assertThat(isThere()).isFalse();
    assertThat(isLinkActive()).isFalse();
    port.remove();
    assertThat(slotStatus()).isEqualTo(COMPLETED | PRESENCE_CHANGED | LINK_CHANGED);
    assertThat(port.isEmpty()).isTrue();
  }

  @Test
  void aCardThatIsPulledOutIsGoneAtOnce() {
    enableMessages();
    insertAndPower();
    guest.write(CARD, 0x14, 4, LOW + 0x1000000);
    guest.write(CARD, COMMAND, 2, 6);
    guest.write(CARD, 0x3c, 1, 9);
    slotControl(ALL_ENABLED);
    clearSlotStatus();
    messages.clear();
    heard.clear();
    Msix before = msix;
    port.remove();
    assertThat(guest.read(CARD, 0, 4)).isEqualTo(0xffffffffL);
    assertThat(memory.read(LOW + 0x100000c, 4)).as("the vector's mask").isZero();
    assertThat(slotStatus()).isEqualTo(PRESENCE_CHANGED | LINK_CHANGED);
    assertThat(messages).containsExactly("fee01000:55");
    assertThat(heard).containsExactly("reset POWER", "may not write");
    before.signal(0);
    assertThat(messages).hasSize(1);
    port.remove();
    assertThat(messages).as("nothing is left to remove").hasSize(1);
    port.insert(makeCard());
    assertThat(isThere()).as("the guest has left the power on").isTrue();
    assertThat(guest.read(CARD, 0x3c, 1)).isZero();
    guest.write(CARD, 0x14, 4, LOW + 0x1001000);
    guest.write(CARD, COMMAND, 2, 2);
    assertThat(memory.windows()).as("the next card's alone").hasSize(1);
    assertThat(memory.find(LOW + 0x1001000)).isNotNull();
  }

  /**
   * Linux's driver of the card before waits for a zero, and turns the power off when it is done.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMemoryOfACardThatWasPulledOutIsZeroUntilThePowerIsOff(boolean another) {
    guest.write(PORT, COMMAND, 2, 7);
    insertAndPower();
    guest.write(CARD, 0x14, 4, LOW + 0x1000000);
    guest.write(CARD, COMMAND, 2, 2);
    port.remove();
    port.insert(makeCard());
    assertThat(memory.find(LOW + 0x100000c)).as("a card is there again").isNotNull();
    assertThat(memory.read(LOW + 0x100000c, 4)).as("the vector's mask").isZero();
    if (!another) {
      port.remove();
      assertThat(memory.read(LOW + 0x100000c, 4)).as("no card again").isZero();
    }
    slotControl(slotControl() | POWER_OFF);
    assertThat(memory.windows()).isEmpty();
  }

  @Test
  void aCardThatIsGoneAssertsNoWire() {
    Type0Function card = makeCard();
    port.insert(card);
    slotControl(0);
    card.setInterrupt(true);
    assertThat(cardWire).isTrue();
    port.remove();
    assertThat(cardWire).isFalse();
    card.setInterrupt(true);
    assertThat(cardWire).isFalse();
  }

  @Test
  void withoutMessagesTheSlotDrivesTheWire() {
    slotControl(ALL_ENABLED | POWER_OFF);
    assertThat(portWire).as("the command is complete").isTrue();
    clearSlotStatus();
    assertThat(portWire).isFalse();
    slotControl(0x2 | POWER_OFF);
    clearSlotStatus();
    port.insert(makeCard());
    assertThat(portWire).as("interrupts are off").isFalse();
    slotControl(ALL_ENABLED | POWER_OFF);
    assertThat(portWire).isTrue();
    assertThat(guest.read(PORT, 6, 2) & 8).as("interrupt status").isEqualTo(8);
    guest.write(PORT, COMMAND, 2, 0x400);
    assertThat(portWire).isFalse();
  }

  @Test
  void resetsReachTheCard() {
    insertAndPower();
    guest.write(CARD, 0x3c, 1, 9);
    guest.write(CARD, COMMAND, 2, 6);
    guest.write(CARD, 0x14, 4, LOW + 0x1000000);
    guest.write(PORT, 0x3e, 2, 0x40);
    assertThat(isThere()).as("held in reset").isFalse();
    assertThat(heard).containsExactly("reset BUS");
    guest.write(PORT, 0x3e, 2, 0);
    assertThat(isThere()).isTrue();
    assertThat(guest.read(CARD, 0x3c, 1)).isZero();
    assertThat(guest.read(CARD, COMMAND, 2)).isZero();
    assertThat(guest.read(CARD, 0x14, 4)).isZero();
    assertThat(slotStatus() & LINK_CHANGED).isNotZero();

    heard.clear();
    guest.write(CARD, 0x3c, 1, 9);
    int endpoint = guest.capability(CARD, 0x10);
    assertThat(guest.read(CARD, endpoint + 4, 4) & 1 << 28).as("can be reset").isNotZero();
    guest.write(CARD, endpoint + 8, 2, 0x8000);
    assertThat(heard).containsExactly("reset FUNCTION");
    assertThat(guest.read(CARD, 0x3c, 1)).isZero();
    assertThat(isLinkActive()).isTrue();
  }

  @Test
  void theLinkCanBeDisabled() {
    insertAndPower();
    guest.write(PORT, express() + 0x10, 2, 0x10);
    assertThat(isLinkActive()).isFalse();
    assertThat(isThere()).isFalse();
    guest.write(PORT, express() + 0x10, 2, 0);
    assertThat(isThere()).isTrue();
  }

  @Test
  void aMachineMayBeginWithACard() {
    port.startWith(makeCard());
    assertThat(isThere()).isTrue();
    assertThat(slotStatus()).isEqualTo(PRESENT);
    assertThat(slotControl() & POWER_OFF).isZero();
  }
}
