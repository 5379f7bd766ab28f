package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.Deadlines;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;
import org.tenon.spi.device.PciBar;

/** Partners' own functions that come and go, and what of them reaches a guest's memory. */
@Timeout(120)
class DeviceHotPlugTest {
  private static final long ASKED = 5_000_000;
  private static final int FIRST_PORT = 0x1c;
  private static final int CARD = 32;
  private static final int COMMAND = 4;
  private static final int SLOT_CONTROL = 0x58;
  private static final int POWER_OFF = 0x400;
  private static final int SECONDARY_RESET = 0x40 << 16;
  private static final long BAR = 0xdc000000L;
  private static final int BUFFER = 0x700000;
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir private Path folder;
  private final BusyDevice busy = new BusyDevice();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();

  private static MachineConfig config() {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        2,
        32 << 20,
        ClockMode.VIRTUAL,
        MachineTest.fiveTicks().kernel(),
        ByteBuffer.allocate(0),
        "",
        value -> {},
        Trace.OFF);
  }

  private DeviceConfig device(DeviceDriverFactory driver) {
    return device(driver, Duration.ofSeconds(10));
  }

  private DeviceConfig device(DeviceDriverFactory driver, Duration control) {
    AttachListener listener =
        new AttachListener() {
          @Override
          public void fault(Fault fault) {
            faults.add(fault);
          }
        };
    try {
      return new DeviceConfig(
          driver,
          PartnerFunction.OFFER,
          Config.of(List.of(), Map.of()),
          new Deadlines(Duration.ofSeconds(30), control),
          listener);
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private static Machine running() throws BootException {
    Machine machine = new Machine(config());
    goOn(machine, ASKED);
    return machine;
  }

  private static void goOn(Machine machine, long until) {
    machine.stopAt(until);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
  }

  /** Turns slot 1's power on and gives its card an address and every leave, as a guest does. */
  private static PokedGuest powerOn(Machine machine) {
    PokedGuest guest = new PokedGuest(machine);
    guest.config(FIRST_PORT, COMMAND, 7);
    guest.config(FIRST_PORT, SLOT_CONTROL, 0);
    guest.config(CARD, 0x10, BAR);
    guest.config(CARD, COMMAND, 6);
    return guest;
  }

  private static void store(Machine machine, int offset, long value) {
    machine.board().mmio().write(BAR + offset, 4, value);
  }

  @Test
  void aFunctionThatCameLaterWorks() throws BootException, AttachException {
    try (Machine machine = running()) {
      for (int i = 0; i < 20; i++) {
        assertThat(machine.plug(device(new LetterDevice()))).isEqualTo("device" + i);
        powerOn(machine);
        machine.yank("device" + i);
      }
      assertThat(machine.plug(device(new LetterDevice()))).isEqualTo("device20");
      assertThat(machine.functions())
          .containsExactly(new DeviceStatus("device20", "letter", "slot 1, powered"));
      PokedGuest guest = powerOn(machine);
      assertThat(guest.config(CARD, 0)).isEqualTo(0x00011234);
      store(machine, LetterDevice.ADDRESS, BUFFER);
      store(machine, LetterDevice.NOW, 'n');
      assertThat(guest.read(BUFFER, 1)).containsExactly('n');
      store(machine, LetterDevice.LATER, 'l');
      goOn(machine, ASKED + 99_000);
      assertThat(guest.read(BUFFER, 1)).containsExactly('n');
      goOn(machine, ASKED + 200_000);
      assertThat(guest.read(BUFFER, 1)).containsExactly('l');
      assertThat(faults).isEmpty();
    }
  }

  /** Its thread copies and interrupts before, in and after the yank; it has a timer and a lease. */
  @Test
  void whatIsPulledOutReachesNothing() throws BootException, AttachException {
    try (Machine machine = running()) {
      machine.plug(device(busy));
      PokedGuest guest = powerOn(machine);
      store(machine, BusyDevice.BEGIN, BUFFER);
      goOn(machine, ASKED + 50_000);
      while (guest.read(BUFFER, 1)[0] == 0) {
        Thread.onSpinWait();
      }
      machine.yank("device0");
      byte[] then = guest.read(BUFFER, 2048);
      assertThat(busy.events).containsExactly("open", "reset POWER", "close");
      assertThat(guest.config(CARD, 0)).isEqualTo(0xffffffffL);
      assertThat(machine.board().mmio().read(BAR, 4)).isZero();
      assertThat(machine.functions()).isEmpty();
      while (busy.refusedAfterClose() < 100) {
        Thread.onSpinWait();
      }
      goOn(machine, ASKED + 100_000);
      assertThat(guest.read(BUFFER, 2048)).isEqualTo(then);
      assertThat(busy.events).hasSize(3);
      assertThatThrownBy(() -> machine.yank("device0"))
          .hasMessage("there is no device0 in a hot-plug slot; these hold []");
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
  }

  /** Its reset does not return: it is given up, and so is one that hung before. */
  @Test
  void aDriverThatHangsIsPulledOut() throws BootException, AttachException {
    try (Machine machine = running()) {
      busy.onCall = call -> busy.hang();
      machine.plug(device(busy, SHORT));
      powerOn(machine);
      machine.yank("device0");
      assertThat(faults).extracting(fault -> fault.clause().toString()).containsExactly("DEV-011");
      BusyDevice second = new BusyDevice();
      machine.plug(device(second, SHORT));
      PokedGuest guest = powerOn(machine);
      store(machine, BusyDevice.HANG, 1);
      assertThat(machine.board().mmio().read(BAR, 4)).isEqualTo(0xffffffffL);
      machine.yank("device1");
      assertThat(guest.config(CARD, 0)).isEqualTo(0xffffffffL);
      assertThat(machine.functions()).isEmpty();
      assertThat(second.events).doesNotContain("reset POWER");
      second.release.countDown();
      busy.release.countDown();
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
  }

  /**
   * A socket whose other end is the test's, from which the driver reads into guest memory; it
   * writes there once more when that was taken back.
   */
  private final class Reading implements AutoCloseable {
    private final ServerSocketChannel server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final SocketChannel drivers = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final SocketChannel tests;
    final CountDownLatch leased = new CountDownLatch(1);
    volatile @Nullable DmaLease lease;
    final List<String> heard = new CopyOnWriteArrayList<>();

    Reading() throws IOException {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("peer"));
      server.bind(address);
      drivers.connect(address);
      tests = server.accept();
    }

    void read(DeviceHost host) {
      DmaLease held = Objects.requireNonNull(host.lease(BUFFER, 4096, DmaAccess.READ_WRITE));
      lease = held;
      MemorySegment part = held.part(0);
      leased.countDown();
      try {
        heard.add(drivers.read(part.asByteBuffer()) + " bytes");
        while (part.scope().isAlive()) {
          Thread.onSpinWait();
        }
        part.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      } catch (IOException | RuntimeException e) {
        heard.add(e.getClass().getSimpleName());
      }
    }

    void hangUp() throws IOException {
      tests.close();
    }

    @Override
    public void close() throws IOException {
      tests.close();
      drivers.close();
      server.close();
    }
  }

  /** Waits until the driver's thread stands in its system call. */
  private void begin(Machine machine, Reading reading) throws InterruptedException {
    busy.onThread = reading::read;
    powerOn(machine);
    store(machine, BusyDevice.BEGIN, BUFFER);
    reading.leased.await();
    while (busyThread().getStackTrace().length == 0
        || !busyThread().getStackTrace()[0].isNativeMethod()) {
      Thread.onSpinWait();
    }
  }

  private static Thread busyThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("busy"))
        .findAny()
        .orElseThrow();
  }

  @Test
  void aSystemCallThatUsesALeaseIsWaitedFor() throws Exception {
    try (Machine machine = running();
        Reading reading = new Reading()) {
      machine.plug(device(busy));
      begin(machine, reading);
      DmaLease lease = Objects.requireNonNull(reading.lease);
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                while (!lease.isRevoked()) {
                  Thread.onSpinWait();
                }
                try {
                  reading.tests.write(ByteBuffer.wrap(PokedGuest.pattern(3, 100)));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      machine.yank("device0");
      assertThat(new PokedGuest(machine).read(BUFFER, 100))
          .as("what landed, landed before")
          .isEqualTo(PokedGuest.pattern(3, 100));
      sender.join();
      assertThat(busy.events).containsExactly("open", "reset POWER", "close");
      assertThat(faults).extracting(fault -> fault.clause().toString()).doesNotContain("DEV-017");
      assertThat(busyThreadEnds()).isTrue();
      assertThat(reading.heard).containsExactly("100 bytes", "IllegalStateException");
    }
  }

  private static boolean busyThreadEnds() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("busy")) {
        thread.join(10_000);
        return !thread.isAlive();
      }
    }
    return true;
  }

  /** One that does not end breaks a promise, and the guest goes on. */
  @Test
  void aSystemCallIsNotWaitedForForEver() throws Exception {
    try (Machine machine = running();
        Reading reading = new Reading()) {
      machine.plug(device(busy, SHORT));
      begin(machine, reading);
      machine.yank("device0");
      assertThat(faults).extracting(fault -> fault.clause().toString()).contains("DEV-017");
      assertThat(machine.functions()).isEmpty();
      reading.hangUp();
      assertThat(busyThreadEnds()).isTrue();
    }
  }

  @Test
  void theGuestLetsGoOfAFunction() throws BootException, AttachException {
    try (Machine machine = running()) {
      machine.plug(device(busy));
      PokedGuest guest = powerOn(machine);
      machine.unplug("device0");
      assertThat(machine.functions().getFirst().place()).isEqualTo("slot 1, leaving");
      assertThat(busy.events).containsExactly("open");
      guest.config(FIRST_PORT, SLOT_CONTROL, POWER_OFF);
      assertThat(busy.events).containsExactly("open", "reset POWER", "reset POWER", "close");
      assertThat(machine.functions()).isEmpty();
      assertThat(faults).isEmpty();
    }
  }

  /** The driver hears how deep each reset reaches. */
  @Test
  void powerBusAndFunctionAreReset() throws BootException, AttachException {
    try (Machine machine = running()) {
      machine.plug(device(busy));
      PokedGuest guest = powerOn(machine);
      int express = express(guest);
      assertThat(guest.config(CARD, express + 4) & 1 << 28).as("can be reset alone").isNotZero();
      guest.config(CARD, express + 8, 0x8000);
      guest.config(FIRST_PORT, 0x3c, SECONDARY_RESET);
      guest.config(FIRST_PORT, 0x3c, 0);
      guest.config(FIRST_PORT, SLOT_CONTROL, POWER_OFF);
      guest.config(FIRST_PORT, SLOT_CONTROL, 0);
      assertThat(busy.events).containsExactly("open", "reset FUNCTION", "reset BUS", "reset POWER");
      machine.yank("device0");
      machine.plug(device(new LetterDevice()));
      express = express(powerOn(machine));
      assertThat(guest.config(CARD, express + 4) & 1 << 28).as("was not agreed").isZero();
    }
  }

  private static int express(PokedGuest guest) {
    int at = (int) guest.config(CARD, 0x34);
    while ((guest.config(CARD, at) & 0xff) != 0x10) {
      at = (int) guest.config(CARD, at) >>> 8 & 0xff;
    }
    return at;
  }

  @Test
  void aFunctionMayBeginInAHotPlugSlot() throws BootException, AttachException {
    try (Machine machine = new Machine(config())) {
      assertThat(machine.plug(device(new LetterDevice()))).isEqualTo("device0");
      machine.plug(device(new LetterDevice()), SlotKind.HOT_PLUG);
      assertThat(machine.functions())
          .extracting(DeviceStatus::place)
          .containsExactly("fixed", "slot 1, powered");
      assertThatThrownBy(() -> machine.yank("device0"))
          .hasMessage("there is no device0 in a hot-plug slot; these hold [device1]");
      busy.bar = PciBar.memory32(0, 256 << 20);
      assertThatThrownBy(() -> machine.plug(device(busy), SlotKind.HOT_PLUG))
          .hasMessageContaining("no room");
      assertThat(busy.events).containsExactly("open", "reset POWER", "close");
      assertThat(machine.plug(device(new LetterDevice()), SlotKind.HOT_PLUG)).isEqualTo("device2");
      assertThat(machine.functions().getLast().place()).isEqualTo("slot 2, powered");
    }
  }

  /** The second slot's function goes on in the second slot; its letter comes when it was to. */
  @Test
  void aFunctionInASlotIsSaved()
      throws BootException, AttachException, IOException, StateException {
    Path file = folder.resolve("saved");
    try (Machine machine = running()) {
      machine.plug(device(new LetterDevice()));
      machine.plug(device(new LetterDevice()));
      powerOn(machine);
      machine.yank("device1");
      store(machine, LetterDevice.ADDRESS, BUFFER);
      store(machine, LetterDevice.LATER, 'l');
      machine.plug(device(busy));
      goOn(machine, ASKED + 50_000);
      machine.save(file);
    }
    try (SavedMachine saved = SavedMachine.open(file);
        Machine machine =
            Machine.restore(
                config(),
                saved,
                restored -> {
                  restored.plug(device(new LetterDevice()));
                  restored.plug(device(busy));
                })) {
      assertThat(machine.functions())
          .extracting(DeviceStatus::place)
          .containsExactly("slot 1, powered", "slot 2, no power");
      PokedGuest guest = new PokedGuest(machine);
      goOn(machine, ASKED + 99_000);
      assertThat(guest.read(BUFFER, 1)).containsExactly(0);
      goOn(machine, ASKED + 200_000);
      assertThat(guest.read(BUFFER, 1)).containsExactly('l');
      Path again = folder.resolve("again");
      machine.save(again);
      machine.yank("device0");
      assertThat(guest.config(CARD, 0)).isEqualTo(0xffffffffL);
    }
  }
}
