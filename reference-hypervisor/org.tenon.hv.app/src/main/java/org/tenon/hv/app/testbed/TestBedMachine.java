package org.tenon.hv.app.testbed;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.engine.VcpuExit.Reason;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.NicConfig;
import org.tenon.hv.machine.Trace;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.kit.testing.pci.PciMachine;

/**
 * The whole machine, with a test in the place of its processor and a card in its first hot-plug
 * slot. It runs on a thread of its own.
 */
final class TestBedMachine implements PciMachine {
  private static final long RAM = 48L << 20;

  /** Below lie the machine's own tables, and what was loaded to start it. */
  private static final long FREE_RAM = 16L << 20;

  private static final MachineType TYPE = MachineType.of(MachineType.CURRENT);
  private static final long ECAM = TYPE.range("pci.ecam").first();
  private static final int PORT = (int) TYPE.range("hot-plug.ports").first();
  private static final int CARD_BUS = 1;

  private static final int COMMAND = 0x04;
  private static final int FIRST_BAR = 0x10;
  private static final int BARS = 6;
  private static final int MEMORY_WINDOW = 0x20;
  private static final int PREFETCHABLE_BASE = 0x24;
  private static final int PREFETCHABLE_BASE_HIGH = 0x28;
  private static final int FIRST_CAPABILITY = 0x34;
  private static final int EXPRESS = 0x10;
  private static final int SLOT_CONTROL = 0x18;
  private static final int EVERYTHING = 7;

  private static final long SPURIOUS_VECTOR = 0xfee0_00f0L;
  private static final long SOFTWARE_ENABLED = 0x1ff;

  private final Machine machine;
  private final MemorySegment ram;
  private final TestProcessor processor;
  private final Thread runner;
  private String card = "";
  private boolean closed;

  private TestBedMachine() throws BootException {
    TestEngine engine = new TestEngine();
    machine =
        new Machine(
            new MachineConfig(
                TYPE,
                engine,
                1,
                RAM,
                ClockMode.REAL,
                kernel(),
                ByteBuffer.allocate(0),
                "",
                value -> {},
                Trace.OFF));
    ram = engine.ram().memory().asSlice(FREE_RAM);
    processor = engine.processor();
    runner = Thread.ofPlatform().daemon().name("testbed-machine").unstarted(machine::run);
  }

  /** The shortest Multiboot kernel: a header, and HLT, which nobody executes. */
  private static ByteBuffer kernel() {
    int load = 0x10_0000;
    int magic = 0x1bad_b002;
    int hasAddresses = 1 << 16;
    ByteBuffer file = ByteBuffer.allocate(33).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(magic).putInt(hasAddresses).putInt(-(magic + hasAddresses));
    file.putInt(load).putInt(load).putInt(0).putInt(0).putInt(load + 32);
    return file.put((byte) 0xf4).rewind();
  }

  /**
   * A machine that runs, with a card in it.
   *
   * @throws AttachException if the driver refuses, fails or hangs; nothing stays open
   */
  static TestBedMachine with(NicConfig nic) throws AttachException {
    TestBedMachine made;
    try {
      made = new TestBedMachine();
    } catch (BootException e) {
      throw new IllegalStateException("the test's own kernel does not load", e);
    }
    made.runner.start();
    try {
      made.plug(nic);
      return made;
    } catch (AttachException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private void plug(NicConfig nic) throws AttachException {
    CompletableFuture<String> plugged = new CompletableFuture<>();
    machine.post(() -> {
      try {
        plugged.complete(machine.plug(nic));
      } catch (AttachException | RuntimeException e) {
        plugged.completeExceptionally(e);
      }
    });
    try {
      card = plugged.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof AttachException refusal) {
        throw refusal;
      }
      throw e;
    }
    powerOn();
    placeBars();
    writeMemory(SPURIOUS_VECTOR, 4, SOFTWARE_ENABLED);
  }

  /** As a hot-plug driver does it; the bridge passes everything. */
  private void powerOn() {
    write(0, PORT, COMMAND, 2, EVERYTHING);
    int at = (int) read(0, PORT, FIRST_CAPABILITY, 1);
    while (read(0, PORT, at, 1) != EXPRESS) {
      at = (int) read(0, PORT, at + 1, 1);
    }
    write(0, PORT, at + SLOT_CONTROL, 2, 0);
  }

  /** Gives each BAR an address in the bridge's windows, the largest that it can have aligned to. */
  private void placeBars() {
    long low = (read(0, PORT, MEMORY_WINDOW, 2) & 0xfff0) << 16;
    long high =
        read(0, PORT, PREFETCHABLE_BASE_HIGH, 4) << 32
            | (read(0, PORT, PREFETCHABLE_BASE, 2) & 0xfff0) << 16;
    for (int bar = 0; bar < BARS; bar++) {
      int at = FIRST_BAR + 4 * bar;
      write(CARD_BUS, 0, at, 4, 0xffff_ffffL);
      long mask = read(CARD_BUS, 0, at, 4);
      if (mask == 0 || (mask & 1) != 0) {
        continue;
      }
      boolean wide = (mask & 4) != 0;
      long size = (~(mask & ~15L) & 0xffff_ffffL) + 1;
      long base = -(-(wide ? high : low) & -size);
      write(CARD_BUS, 0, at, 4, base & 0xffff_ffffL);
      if (wide) {
        bar++;
        write(CARD_BUS, 0, at + 4, 4, base >>> 32);
        high = base + size;
      } else {
        low = base + size;
      }
    }
  }

  private static long config(int bus, int device, int offset) {
    return ECAM + ((long) bus << 20) + (device << 15) + offset;
  }

  private long read(int bus, int device, int offset, int size) {
    return readMemory(config(bus, device, offset), size);
  }

  private void write(int bus, int device, int offset, int size, long value) {
    writeMemory(config(bus, device, offset), size, value);
  }

  @Override
  public long readConfig(int offset, int size) {
    return read(CARD_BUS, 0, offset, size);
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    write(CARD_BUS, 0, offset, size, value);
  }

  @Override
  public long readMemory(long address, int size) {
    return processor.access(Reason.MMIO_READ, address, size, 0);
  }

  @Override
  public void writeMemory(long address, int size, long value) {
    processor.access(Reason.MMIO_WRITE, address, size, value);
  }

  @Override
  public long readPort(int port, int size) {
    return processor.access(Reason.PORT_READ, port, size, 0);
  }

  @Override
  public void writePort(int port, int size, long value) {
    processor.access(Reason.PORT_WRITE, port, size, value);
  }

  @Override
  public MemorySegment ram() {
    return ram;
  }

  @Override
  public long ramBase() {
    return FREE_RAM;
  }

  @Override
  public void onInterrupt(IntConsumer vector) {
    processor.onInterrupt(vector);
  }

  @Override
  public synchronized void pull() {
    if (card.isEmpty()) {
      return;
    }
    String gone = card;
    card = "";
    CompletableFuture<Void> out = new CompletableFuture<>();
    machine.post(() -> {
      try {
        machine.yank(gone);
        out.complete(null);
      } catch (RuntimeException e) {
        out.completeExceptionally(e);
      }
    });
    out.join();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    machine.stop();
    boolean interrupted = false;
    while (runner.isAlive()) {
      try {
        runner.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    processor.end();
    machine.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
