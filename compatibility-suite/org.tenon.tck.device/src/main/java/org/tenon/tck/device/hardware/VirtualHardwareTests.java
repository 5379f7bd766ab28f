package org.tenon.tck.device.hardware;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.kit.testing.pci.GuestFunction;
import org.tenon.kit.testing.pci.PciBoard;
import org.tenon.kit.testing.pci.PciDeviceHost;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.device.trial.DeviceTests;
import org.tenon.tck.device.trial.DeviceTrial;
import org.tenon.tck.device.trial.HostileGuest;

/** The same driver as a function on a bus, reached as a guest's processor reaches it. */
@InTier(Tier.VIRTUAL_HARDWARE)
public abstract class VirtualHardwareTests extends DeviceTests {
  private static final int ALL =
      GuestFunction.IO_SPACE | GuestFunction.MEMORY_SPACE | GuestFunction.BUS_MASTER;

  private static final int REGISTERS = 256;

  /** For the contract. */
  protected VirtualHardwareTests() {}

  private PciBoard board() {
    return board(subject().factory());
  }

  private PciBoard board(DeviceDriverFactory factory) {
    PciDeviceHost hypervisor =
        ServiceLoader.load(PciDeviceHost.class)
            .findFirst()
            .orElseThrow(() ->
                new NotRun(
                    "no hypervisor provides "
                        + PciDeviceHost.class.getName()
                        + " here; 'tenon certify' brings one"));
    trial().evidence().note("virtual hardware", hypervisor.name());
    try {
      return trial()
          .keep(
              hypervisor.plug(
                  factory, subject().settings(), subject().deadlines(), trial()::report));
    } catch (DriverException e) {
      throw trial().violation("the driver opens on a board", "it refused: " + e.getMessage(), e);
    }
  }

  /** What the driver says of its function, asked under the kit's host. */
  private PciFunctionDescription described() {
    DeviceHarness device = trial().open();
    PciFunctionDescription function = device.function();
    device.close();
    return function;
  }

  @Test
  @Clause("DEV-040")
  void configurationSpaceSaysWhoItIs() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    expect("vendor", function.vendor(), board.readConfig(0, 2));
    expect("device", function.device(), board.readConfig(2, 2));
    expect("revision", function.revision(), board.readConfig(8, 1));
    expect("class code", function.classCode(), board.readConfig(8, 4) >>> 8);
    expect("subsystem vendor", function.subsystemVendor(), board.readConfig(0x2c, 2));
    expect("subsystem", function.subsystem(), board.readConfig(0x2e, 2));
    board.writeConfig(0, 4, 0);
    expect("vendor after a write", function.vendor(), board.readConfig(0, 2));
  }

  private void expect(String what, long expected, long actual) {
    trial().expectSame(what, Long.toHexString(expected), Long.toHexString(actual));
  }

  @Test
  @Clause("DEV-041")
  void everyBarTellsItsSize() {
    PciFunctionDescription function = described();
    GuestFunction guest = new GuestFunction(board());
    for (PciBar bar : function.bars()) {
      expect("size of BAR " + bar.index(), bar.size(), guest.size(bar));
      long kind =
          switch (bar.kind()) {
            case PORTS -> 1;
            case MEMORY32 -> bar.prefetchable() ? 8 : 0;
            case MEMORY64 -> 0xc;
          };
      long flags = bar.kind() == PciBar.Kind.PORTS ? 3 : 15;
      expect("kind of BAR " + bar.index(), kind, guest.barRegister(bar.index()) & flags);
    }
  }

  @Test
  @Clause("DEV-042")
  void aMovedBarKeepsItsRegisters() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    GuestFunction guest = new GuestFunction(board);
    guest.command(ALL);
    for (PciBar bar : function.bars()) {
      sweep(guest, bar);
      List<Long> before = sweep(guest, bar);
      long old = guest.base(bar);
      long top = board.windowLast(bar.kind()) + 1 - bar.size();
      guest.move(bar, top & -bar.size());
      trial().expectSame("BAR " + bar.index() + " at its new place", before, sweep(guest, bar));
      trial()
          .expectSame(
              "BAR " + bar.index() + " at its old place", ones(bar), sweep(guest, bar, old));
    }
  }

  @Test
  @Clause("DEV-043")
  void aDisabledSpaceAnswersNowhere() {
    PciFunctionDescription function = described();
    GuestFunction guest = new GuestFunction(board());
    for (PciBar bar : function.bars()) {
      guest.command(0);
      trial().expectSame("BAR " + bar.index() + " disabled", ones(bar), sweep(guest, bar));
      boolean ports = bar.kind() == PciBar.Kind.PORTS;
      guest.command(ports ? GuestFunction.MEMORY_SPACE : GuestFunction.IO_SPACE);
      trial().expectSame("BAR " + bar.index() + " disabled", ones(bar), sweep(guest, bar));
    }
  }

  @Test
  @Clause("DEV-044")
  void withoutLeaveNothingIsWritten() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    GuestFunction guest = new GuestFunction(board);
    guest.command(GuestFunction.IO_SPACE | GuestFunction.MEMORY_SPACE);
    if (guest.vectors() > 0) {
      guest.enableMessages(false);
    }
    byte[] before = board.ram().toArray(JAVA_BYTE);
    poke(board, guest, function, 1000, trial().random());
    board.advance(Duration.ofSeconds(10));
    if (!Arrays.equals(before, board.ram().toArray(JAVA_BYTE))) {
      throw trial().violation("memory as it was", "it has changed");
    }
    trial().expectSame("messages", List.of(), board.takeMessages());
  }

  @Test
  @Requires("msix")
  @Clause("DEV-045")
  void maskedVectorsSendOneMessageLater() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    GuestFunction guest = new GuestFunction(board);
    expect("vectors", trial().open().agreement().vectors(), guest.vectors());
    guest.command(ALL);
    guest.enableMessages(true);
    poke(board, guest, function, 1000, trial().random());
    board.advance(Duration.ofSeconds(10));
    trial().expectSame("messages while masked", List.of(), board.takeMessages());
    // What the guest wrote may have moved the table; it is where it was told to be.
    for (int vector = 0; vector < guest.vectors(); vector++) {
      guest.mask(vector, false);
    }
    List<Integer> sent = board.takeMessages();
    if (sent.size() > guest.vectors() || sent.stream().distinct().count() != sent.size()) {
      throw trial().violation("at most one pending message for each vector", "there are " + sent);
    }
  }

  /** The driver is not offered MSI-X. */
  @Test
  @Requires(MSI_ALONE)
  @Clause("DEV-048")
  void maskedMsiVectorsSendOneMessageLater() {
    DeviceDriverFactory factory = new WithoutMsix(subject().factory());
    int agreed = msiVectors(factory);
    PciFunctionDescription function;
    try (DeviceHarness device = open(factory)) {
      function = device.function();
    }
    PciBoard board = board(factory);
    GuestFunction guest = new GuestFunction(board);
    expect("vectors", Integer.highestOneBit(2 * agreed - 1), guest.msiVectors());
    guest.command(ALL);
    guest.enableMsi();
    guest.maskMsi(-1);
    poke(board, guest, function, 1000, trial().random());
    board.advance(Duration.ofSeconds(10));
    trial().expectSame("messages while masked", List.of(), board.takeMessages());
    guest.maskMsi(0);
    List<Integer> sent = board.takeMessages();
    if (sent.size() > agreed || sent.stream().distinct().count() != sent.size()) {
      throw trial().violation("at most one pending message for each vector", "there are " + sent);
    }
  }

  private DeviceHarness open(DeviceDriverFactory factory) {
    try {
      return trial()
          .adopt(
              DeviceHarness.of(factory)
                  .settings(subject().settings())
                  .offer(DeviceTrial.EVERYTHING)
                  .deadlines(subject().deadlines())
                  .lenient()
                  .open());
    } catch (DriverException e) {
      throw trial().violation("the driver opens", "it refused: " + e.getMessage(), e);
    }
  }

  private int msiVectors(DeviceDriverFactory factory) {
    try {
      return factory.negotiate(DeviceTrial.EVERYTHING).vectors();
    } catch (DriverException e) {
      throw trial().violation("the driver agrees again", "it refused: " + e.getMessage(), e);
    }
  }

  @Test
  @Clause("DEV-049")
  void pulledOutItIsGone() {
    PciFunctionDescription function = described();
    for (int round = 0; round < 4; round++) {
      PciBoard board = board();
      GuestFunction guest = new GuestFunction(board);
      guest.command(ALL);
      if (guest.vectors() > 0) {
        guest.enableMessages(false);
      }
      List<Long> bases = function.bars().stream().map(guest::base).toList();
      poke(board, guest, function, 300, trial().random());
      board.pullOut();
      byte[] before = board.ram().toArray(JAVA_BYTE);
      board.takeMessages();
      expect("configuration space", 0xffffffffL, board.readConfig(0, 4));
      for (int i = 0; i < bases.size(); i++) {
        PciBar bar = function.bars().get(i);
        long nobody = guest.read(bar, bases.get(i), 0, width(bar));
        for (long answer : sweep(guest, bar, bases.get(i))) {
          expect("BAR " + bar.index() + " of nobody", nobody, answer);
        }
      }
      board.advance(Duration.ofSeconds(10));
      if (!Arrays.equals(before, board.ram().toArray(JAVA_BYTE))) {
        throw trial().violation("memory as it was", "it has changed");
      }
      trial().expectSame("messages", List.of(), board.takeMessages());
      trial().expectSame("the pin", false, board.pin());
    }
  }

  @Test
  @Requires("function-reset")
  @Clause("DEV-046")
  void aFunctionLevelResetIsComplete() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    GuestFunction guest = new GuestFunction(board);
    guest.command(ALL);
    List<Long> bases = new ArrayList<>();
    List<List<Long>> asNew = new ArrayList<>();
    for (PciBar bar : function.bars()) {
      bases.add(guest.base(bar));
      sweep(guest, bar);
      asNew.add(sweep(guest, bar));
    }
    poke(board, guest, function, 300, trial().random());
    guest.functionLevelReset();
    expect("command register", 0, guest.command() & ALL);
    if (board.pin()) {
      throw trial().violation("a pin that is low", "it is high");
    }
    for (int i = 0; i < bases.size(); i++) {
      guest.move(function.bars().get(i), bases.get(i));
    }
    guest.command(ALL);
    for (int i = 0; i < bases.size(); i++) {
      PciBar bar = function.bars().get(i);
      sweep(guest, bar);
      trial().expectSame("BAR " + bar.index(), asNew.get(i), sweep(guest, bar));
    }
  }

  /** The board reports whatever the driver does wrong. */
  @Test
  @Clause({"DEV-047", "DEV-010"})
  void aGuestThatPokesEverywhere() {
    PciFunctionDescription function = described();
    PciBoard board = board();
    GuestFunction guest = new GuestFunction(board);
    RandomGenerator random = trial().random();
    for (int i = 0; i < 60; i++) {
      guest.command(random.nextInt(8));
      poke(board, guest, function, 30, random);
      int register = 4 * random.nextInt(32);
      board.writeConfig(register, 4, random.nextInt() & 0xffffffffL);
      board.advance(Duration.ofMillis(random.nextInt(1000)));
    }
  }

  private static void poke(
      PciBoard board,
      GuestFunction guest,
      PciFunctionDescription function,
      int times,
      RandomGenerator random) {
    List<PciBar> bars = function.bars();
    for (int i = 0; i < times && !bars.isEmpty(); i++) {
      PciBar bar = bars.get(random.nextInt(bars.size()));
      int size = HostileGuest.size(random, bar);
      int offset = Math.min(HostileGuest.offset(random, bar), (int) bar.size() - size);
      long value =
          random.nextInt(3) == 0
              ? board.ramBase() + random.nextLong(board.ram().byteSize())
              : HostileGuest.value(random);
      guest.write(bar, offset, size, value & (size == 8 ? -1 : (1L << 8 * size) - 1));
      if (random.nextInt(8) == 0) {
        guest.read(bar, offset, size);
      }
    }
  }

  private static List<Long> sweep(GuestFunction guest, PciBar bar) {
    return sweep(guest, bar, guest.base(bar));
  }

  private static List<Long> sweep(GuestFunction guest, PciBar bar, long base) {
    List<Long> answers = new ArrayList<>();
    int width = width(bar);
    for (long at = 0; at + width <= Math.min(bar.size(), (long) REGISTERS * width); at += width) {
      answers.add(guest.read(bar, base, (int) at, width));
    }
    return answers;
  }

  private static List<Long> ones(PciBar bar) {
    int width = width(bar);
    long count = Math.min(bar.size() / width, REGISTERS);
    return Collections.nCopies((int) count, (1L << 8 * width) - 1);
  }

  private static int width(PciBar bar) {
    return bar.registerBytes() == 0 ? 4 : bar.registerBytes();
  }
}
