package org.tenon.hv.app.testbed;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.EventQueue;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.Window;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.BarAllocator;
import org.tenon.hv.pci.BarDecoder;
import org.tenon.hv.pci.BridgeWindow;
import org.tenon.hv.pci.BusMaster;
import org.tenon.hv.pci.EnhancedConfig;
import org.tenon.hv.pci.PciBus;
import org.tenon.hv.pci.PciSlot;
import org.tenon.kit.testing.pci.PciBoard;
import org.tenon.spi.device.PciBar;

/** A bus with one partner's function, and a test in the place of a processor. */
final class TestBedBoard implements PciBoard {
  private static final long ECAM = 0xb000_0000L;
  private static final int SLOT = 1;
  private static final BridgeWindow PORTS = new BridgeWindow(Bar.Kind.PORTS, 0x1000, 0xffff);
  private static final BridgeWindow MEMORY32 =
      new BridgeWindow(Bar.Kind.MEMORY32, 0xc000_0000L, 0xdfff_ffffL);
  private static final BridgeWindow MEMORY64 =
      new BridgeWindow(Bar.Kind.MEMORY64, 1L << 40, (1L << 41) - 1);

  private final DeviceAttachment attachment;
  private final GuestMemory ram;
  private final PciBus bus;
  private final PartnerFunction function;
  private final AddressSpace ports = new AddressSpace("ports", 1 << 16);
  private final AddressSpace memory = new AddressSpace("memory", 1L << 48);
  private final List<Flag> flags = new ArrayList<>();
  private final List<Integer> messages = new ArrayList<>();
  private long now;
  private final EventQueue clock = new EventQueue(() -> now);
  private boolean pin;
  private boolean gone;
  private boolean closed;

  TestBedBoard(DeviceAttachment attachment, GuestMemory ram) {
    this.attachment = attachment;
    this.ram = ram;
    bus = new PciBus();
    memory.map(new Window("ecam", ECAM, 1 << 20, RegisterWidth.ANY, new EnhancedConfig(bus)));
    BarDecoder decoder = new BarDecoder(ports, memory, List.of(PORTS, MEMORY32, MEMORY64));
    PciSlot slot =
        new PciSlot(
            decoder,
            new BusMaster((address, data) -> messages.add(data)),
            asserted -> pin = asserted);
    function = new PartnerFunction("testbed-device", attachment, slot, clock, this::handoff);
    new BarAllocator(decoder).allocate(function.function());
    bus.plug(SLOT, 0, function.function());
    boundary();
  }

  private Handoff handoff(Runnable action) {
    Flag flag = new Flag(action);
    flags.add(flag);
    return flag;
  }

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

  /** What a run loop does between two instructions. */
  private void boundary() {
    for (Flag flag : flags) {
      if (flag.raised) {
        flag.raised = false;
        flag.action.run();
      }
    }
  }

  private static long config(int offset) {
    return ECAM + (SLOT << 15) + offset;
  }

  @Override
  public long readConfig(int offset, int size) {
    return memory.read(config(offset), size);
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    memory.write(config(offset), size, value);
    boundary();
  }

  @Override
  public long readMemory(long address, int size) {
    long value = memory.read(address, size);
    boundary();
    return value;
  }

  @Override
  public void writeMemory(long address, int size, long value) {
    memory.write(address, size, value);
    boundary();
  }

  @Override
  public long readPort(int port, int size) {
    long value = ports.read(port, size);
    boundary();
    return value;
  }

  @Override
  public void writePort(int port, int size, long value) {
    ports.write(port, size, value);
    boundary();
  }

  private static BridgeWindow window(PciBar.Kind kind) {
    return switch (kind) {
      case PORTS -> PORTS;
      case MEMORY32 -> MEMORY32;
      case MEMORY64 -> MEMORY64;
    };
  }

  @Override
  public long windowFirst(PciBar.Kind kind) {
    return window(kind).first();
  }

  @Override
  public long windowLast(PciBar.Kind kind) {
    return window(kind).last();
  }

  @Override
  public MemorySegment ram() {
    return ram.region(0).segment();
  }

  @Override
  public long ramBase() {
    return ram.region(0).base();
  }

  @Override
  public void advance(Duration by) {
    long end = now + by.toNanos();
    boundary();
    while (clock.next() <= end) {
      now = Math.max(now, clock.next());
      clock.ring();
      boundary();
    }
    now = end;
  }

  @Override
  public List<Integer> takeMessages() {
    List<Integer> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }

  @Override
  public boolean pin() {
    return pin;
  }

  @Override
  public void pullOut() {
    if (!gone) {
      gone = true;
      bus.unplug(SLOT, 0);
      function.function().remove();
      attachment.close().toCompletableFuture().join();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      attachment.close().toCompletableFuture().join();
      ram.close();
    }
  }
}
