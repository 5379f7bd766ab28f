package org.tenon.hv.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.Window;

/** Functions as a guest's PCI code finds, sizes, moves and uses them. */
class Type0FunctionTest {
  private static final long LOW = 0xc0000000L;
  private static final long HIGH = 0x8000000000L;
  private static final int COMMAND = 4;
  private static final int MSIX = 0x11;

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
  private final List<Boolean> wire = new ArrayList<>();
  private final PciBus bus = new PciBus();
  private final PciGuest guest = new PciGuest(bus);
  private final BusMaster master =
      new BusMaster((address, data) -> messages.add("%x:%x".formatted(address, data)));
  private final Msix msix = new Msix(3, 1, master);
  private Type0Function function = plug(1);

  private Type0Function plug(int device) {
    Type0Function made =
        new Type0Function(
            "test" + device,
            new PciIdentity(0x1234, 0x5678, 0x018000, 7, 0x1af4, 0x40),
            List.of(
                new Bar(0, Bar.Kind.PORTS, 32, RegisterWidth.ANY, new PciGuest.Ram(32)),
                device == 1
                    ? msix.bar()
                    : new Bar(
                        1, Bar.Kind.MEMORY32, 8192, RegisterWidth.ANY, new PciGuest.Ram(8192)),
                new Bar(
                    2, Bar.Kind.MEMORY64, 1 << 16, RegisterWidth.ANY, new PciGuest.Ram(1 << 16))),
            device == 1 ? List.of(new Note(), msix) : List.of(),
            new PciSlot(decoder, master, wire::add));
    bus.plug(device, 0, made);
    return made;
  }

  @BeforeEach
  void allocate() {
    new BarAllocator(decoder).allocate(function);
  }

  /** A vendor's capability of an odd length. */
  private static final class Note implements Capability {
    @Override
    public int id() {
      return 9;
    }

    @Override
    public int length() {
      return 7;
    }

    @Override
    public int read(int register) {
      return register == 0 ? 0x0007ffff : 0x665544;
    }

    @Override
    public void write(int register, int value, int lanes) {}
  }

  @Test
  void identityAndAbsence() {
    assertThat(guest.read(1, 0, 4)).isEqualTo(0x56781234);
    assertThat(guest.read(1, 8, 4)).isEqualTo(0x01800007);
    assertThat(guest.read(1, 0x0e, 1)).as("header type").isZero();
    assertThat(guest.read(1, 0x2c, 4)).isEqualTo(0x00401af4);
    assertThat(guest.read(2, 0, 4)).isEqualTo(0xffffffffL);
    guest.write(1, 0, 4, 0);
    assertThat(guest.read(1, 0, 2)).as("read-only").isEqualTo(0x1234);
  }

  @Test
  void barsTellTheirSize() {
    assertThat(guest.sizeMask(1, 0)).isEqualTo(0xffffffe1L);
    assertThat(guest.sizeMask(1, 1)).isEqualTo(0xffffe000L);
    assertThat(guest.sizeMask(1, 2)).isEqualTo(0xffff000cL);
    assertThat(guest.sizeMask(1, 3)).isEqualTo(0xffffffffL);
    assertThat(guest.sizeMask(1, 4)).as("no BAR").isZero();
    assertThat(guest.read(1, 0x10, 4)).as("allocated").isEqualTo(0x1001);
    assertThat(guest.read(1, 0x18, 4)).isEqualTo(0x0cL);
    assertThat(guest.read(1, 0x1c, 4)).isEqualTo(0x80L);
  }

  @Test
  void nothingIsDecodedUntilEnabledAndItMovesWhenTold() {
    assertThat(memory.windows()).isEmpty();
    guest.write(1, COMMAND, 2, 2);
    memory.write(HIGH + 0x20, 4, 0xabcd);
    assertThat(memory.read(HIGH + 0x20, 4)).isEqualTo(0xabcd);
    assertThat(ports.windows()).as("ports are not enabled").isEmpty();
    guest.write(1, COMMAND, 2, 3);
    ports.write(0x1004, 2, 0x55);
    assertThat(ports.read(0x1004, 2)).isEqualTo(0x55);

    guest.write(1, 0x18, 4, 0x100000);
    assertThat(memory.find(HIGH)).isNull();
    assertThat(memory.read(HIGH + 0x100020, 4)).isEqualTo(0xabcd);
    guest.write(1, COMMAND, 1, 1);
    assertThat(memory.windows()).isEmpty();
  }

  @Test
  void anAddressOutsideTheBridgesWindowsIsNotDecoded() {
    guest.write(1, COMMAND, 2, 3);
    for (long base : new long[] {0, 0xe0000000L, 0xfee00000L, 0xfffff000L}) {
      guest.write(1, 0x14, 4, base);
      assertThat(memory.windows()).hasSize(1);
    }
    guest.write(1, 0x10, 4, 0x600);
    assertThat(ports.windows()).isEmpty();
  }

  @Test
  void twoAtOnePlaceDecodeOneAfterTheOther() {
    plug(2);
    guest.write(2, 0x14, 4, LOW + 0x100000);
    guest.write(1, 0x14, 4, LOW + 0x100000);
    guest.write(2, COMMAND, 2, 2);
    guest.write(1, COMMAND, 2, 2);
    memory.write(LOW + 0x100010, 4, 77);
    assertThat(memory.read(LOW + 0x100010, 4)).as("the first keeps the place").isEqualTo(77);
    guest.write(2, 0x14, 4, LOW + 0x200000);
    assertThat(memory.read(LOW + 0x200010, 4)).isEqualTo(77);
    assertThat(memory.read(LOW + 0x10000c, 4)).as("the MSI-X table, masked").isEqualTo(1);
  }

  @Test
  void capabilitiesAreAList() {
    assertThat(guest.read(1, 6, 2) & 0x10).isEqualTo(0x10);
    int note = guest.capability(1, 9);
    assertThat(guest.read(1, note + 4, 4)).isEqualTo(0x665544);
    assertThat(guest.read(1, note + 2, 2)).isEqualTo(7);
    assertThat(guest.read(1, guest.capability(1, MSIX) + 2, 2)).isEqualTo(2);
    plug(2);
    assertThat(guest.read(2, 6, 2) & 0x10).isZero();
    assertThat(guest.capability(2, MSIX)).isZero();
  }

  @Test
  void theInterruptWireObeysTheCommandRegister() {
    function.setInterrupt(true);
    assertThat(wire).endsWith(true);
    assertThat(guest.read(1, 6, 2) & 8).as("interrupt status").isEqualTo(8);
    guest.write(1, COMMAND, 2, 0x400);
    assertThat(wire).endsWith(false);
    assertThat(guest.read(1, 6, 2) & 8).as("status ignores the disable bit").isEqualTo(8);
    guest.write(1, COMMAND, 2, 0);
    assertThat(wire).endsWith(true);
    assertThat(guest.read(1, 0x3d, 1)).as("INTA").isEqualTo(1);
  }

  private void setUpMessages() {
    guest.write(1, COMMAND, 2, 6);
    for (int vector = 0; vector < 3; vector++) {
      memory.write(LOW + 16L * vector, 4, 0xfee00000L);
      memory.write(LOW + 16L * vector + 8, 4, 0x40 + vector);
      memory.write(LOW + 16L * vector + 12, 4, 0);
    }
    guest.write(1, guest.capability(1, MSIX) + 2, 2, 0x8000);
  }

  @Test
  void messagesGoOut() {
    setUpMessages();
    msix.signal(2);
    msix.signal(0);
    msix.signal(3);
    msix.signal(-1);
    assertThat(messages).containsExactly("fee00000:42", "fee00000:40");
  }

  @Test
  void aMaskedVectorIsPendingUntilUnmasked() {
    setUpMessages();
    memory.write(LOW + 16 + 12, 4, 1);
    msix.signal(1);
    msix.signal(1);
    assertThat(messages).isEmpty();
    assertThat(memory.read(LOW + 4096, 8)).as("pending bits").isEqualTo(2);
    memory.write(LOW + 16 + 12, 4, 0);
    assertThat(messages).containsExactly("fee00000:41");
    assertThat(memory.read(LOW + 4096, 8)).isZero();
  }

  @Test
  void theFunctionMaskHoldsAllBack() {
    setUpMessages();
    int control = guest.capability(1, MSIX) + 2;
    guest.write(1, control, 2, 0xc000);
    msix.signal(0);
    msix.signal(2);
    assertThat(messages).isEmpty();
    guest.write(1, control, 2, 0x8000);
    assertThat(messages).containsExactly("fee00000:40", "fee00000:42");
  }

  @Test
  void withoutBusMasteringNothingIsSent() {
    setUpMessages();
    guest.write(1, COMMAND, 2, 2);
    msix.signal(1);
    assertThat(messages).isEmpty();
    guest.write(1, COMMAND, 2, 6);
    assertThat(messages).containsExactly("fee00000:41");
  }

  @Test
  void wiringFaultsAreNamed() {
    assertThatThrownBy(() -> new Bar(5, Bar.Kind.MEMORY64, 4096, RegisterWidth.ANY, msix))
        .hasMessageContaining("BAR 5");
    assertThatThrownBy(() -> new Msix(0, 1, master)).hasMessageContaining("0 vectors");
    BarDecoder narrow =
        new BarDecoder(
            ports, memory, List.of(new BridgeWindow(Bar.Kind.MEMORY32, LOW, LOW + 0x0fff)));
    assertThatThrownBy(() -> new BarAllocator(narrow).allocate(function))
        .hasMessageContaining("no room");
  }

  /** Whatever a guest writes, every address is decoded once and inside the bridge's windows. */
  @Test
  void randomWritesBreakNothing() {
    plug(2);
    Random random = new Random(5);
    for (int i = 0; i < 100_000; i++) {
      int device = 1 + random.nextInt(2);
      int size = 1 << random.nextInt(3);
      int offset = random.nextInt(256) & -size;
      long base = random.nextBoolean() ? LOW : random.nextInt(1 << 20);
      guest.write(device, offset, size, random.nextInt(3) == 0 ? random.nextLong() : base);
      guest.read(device, offset, size);
      if (random.nextInt(4) == 0) {
        guest.write(device, COMMAND, 2, 7);
        guest.write(device, 0x14, 4, LOW + 0x1000L * random.nextInt(8));
      }
      if (i % 1000 == 0) {
        guest.write(1, 0x14, 4, LOW);
        setUpMessages();
      }
      msix.signal(random.nextInt(4));
      for (Window window : memory.windows()) {
        assertThat(window.base() >= LOW && window.base() <= 0xdfffffffL || window.base() >= HIGH)
            .as("%s", window)
            .isTrue();
      }
    }
    assertThat(messages).as("some got through").isNotEmpty();
  }
}
