package org.tenon.hv.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.EventQueue;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.Window;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BarDecoder;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.EnhancedConfig;
import org.tenon.hv.pci.PciBus;
import org.tenon.hv.pci.PciSlot;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.Deadlines;
import org.tenon.spi.device.DeviceDriverFactory;

/** One partner's function on a bus of its own, and the guest's side of it. */
final class FunctionRig implements AutoCloseable {
  static final long ECAM = 0xb000_0000L;
  static final int SLOT = 3;
  static final int COMMAND = 4;
  static final int IO_MEMORY_MASTER = 7;

  /** RAM with a seam at 1 MiB and a hole at 2 MiB. */
  static final GuestMemory MEMORY =
      GuestMemory.allocate(
          new RamLayout(
              List.of(
                  new RamLayout.Range(0, 1 << 20),
                  new RamLayout.Range(1 << 20, 1 << 20),
                  new RamLayout.Range(3 << 20, 1 << 20))));

  final AddressSpace ports = new AddressSpace("ports", 1 << 16);
  final AddressSpace memory = new AddressSpace("memory", 1L << 48);
  final List<Integer> messages = new ArrayList<>();
  final List<Boolean> wire = new ArrayList<>();
  final DeviceAttachment attachment;
  final PartnerFunction function;
  private final List<Flag> flags = new ArrayList<>();
  long now;
  private final EventQueue clock = new EventQueue(() -> now);

  private static final class Flag implements Handoff {
    private final Runnable action;
    private volatile boolean raised;

    Flag(Runnable action) {
      this.action = action;
    }

    @Override
    public void raise() {
      raised = true;
    }
  }

  FunctionRig(DeviceDriverFactory driver) throws AttachException {
    this(driver, Duration.ofSeconds(10));
  }

  FunctionRig(DeviceDriverFactory driver, Duration control) throws AttachException {
    attachment =
        DeviceAttachment.open(
            driver,
            PartnerFunction.OFFER,
            settings(),
            new AttachContext(
                "device0",
                MEMORY,
                SystemClock.instance(),
                new Deadlines(Duration.ofSeconds(30), control),
                new ControlThread("unused"),
                AttachListener.NONE));
    PciBus bus = new PciBus();
    memory.map(new Window("ecam", ECAM, 1 << 20, RegisterWidth.ANY, new EnhancedConfig(bus)));
    BarDecoder decoder =
        new BarDecoder(
            ports,
            memory,
            List.of(
                new BridgeWindow(Bar.Kind.PORTS, 0x1000, 0xffff),
                new BridgeWindow(Bar.Kind.MEMORY32, 0xc000_0000L, 0xcfff_ffffL),
                new BridgeWindow(Bar.Kind.MEMORY64, 1L << 40, (1L << 41) - 1)));
    PciSlot slot =
        new PciSlot(decoder, new BusMaster((address, data) -> messages.add(data)), wire::add);
    function =
        new PartnerFunction(
            "device0",
            attachment,
            slot,
            clock,
            action -> {
              Flag flag = new Flag(action);
              flags.add(flag);
              return flag;
            });
    new BarAllocator(decoder).allocate(function.function());
    bus.plug(SLOT, 0, function.function());
    boundary();
  }

  private static Config settings() {
    try {
      return Config.of(List.of(), Map.of());
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** What the run loop does between two instructions. */
  void boundary() {
    for (Flag flag : flags) {
      if (flag.raised) {
        flag.raised = false;
        flag.action.run();
      }
    }
    clock.ring();
  }

  /** Machine time passes. */
  void pass(long nanos) {
    now += nanos;
    boundary();
  }

  long config(int offset, int size) {
    return memory.read(ECAM + (SLOT << 15) + offset, size);
  }

  void config(int offset, int size, long value) {
    memory.write(ECAM + (SLOT << 15) + offset, size, value);
    boundary();
  }

  /** Where a BAR is. */
  long base(int bar) {
    long low = config(0x10 + 4 * bar, 4);
    return (low & 1) != 0
        ? low & ~3L
        : (low & ~0xfL) | ((low & 4) != 0 ? config(0x14 + 4 * bar, 4) << 32 : 0);
  }

  long read(int bar, int offset, int size) {
    long value = (bar == 1 ? ports : memory).read(base(bar) + offset, size);
    boundary();
    return value;
  }

  void write(int bar, int offset, int size, long value) {
    (bar == 1 ? ports : memory).write(base(bar) + offset, size, value);
    boundary();
  }

  /** Where a capability begins, or 0. */
  int capability(int id) {
    int at = (int) config(0x34, 1);
    while (at != 0 && config(at, 1) != id) {
      at = (int) config(at + 1, 1);
    }
    return at;
  }

  /** Turns MSI-X on, each vector with its number as message. */
  void enableMessages(int vectors) {
    for (int vector = 0; vector < vectors; vector++) {
      write(4, 16 * vector, 4, 0xfee00000L);
      write(4, 16 * vector + 8, 4, vector);
      write(4, 16 * vector + 12, 4, 0);
    }
    config(capability(0x11) + 2, 2, 0x8000);
  }

  @Override
  public void close() {
    attachment.close().toCompletableFuture().join();
  }
}
