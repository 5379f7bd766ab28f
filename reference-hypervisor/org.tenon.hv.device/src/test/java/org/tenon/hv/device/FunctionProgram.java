package org.tenon.hv.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Status;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.Window;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;

/**
 * A guest that turns a fuzzer's bytes into accesses of a function's configuration space and BARs,
 * before a driver that does whatever it is written: copies, leases, timers, interrupts, to any
 * address. Nothing is thrown, the driver is at no fault, and without bus mastering it reaches
 * nothing.
 */
final class FunctionProgram {
  private final byte[] bytes;
  private final ScriptedFunction driver = new ScriptedFunction();
  private final FunctionRig rig;
  private final MemorySegment note = MemorySegment.ofArray(new byte[64]);
  private final List<DmaLease> leases = new ArrayList<>();
  private int copies;
  private int at;

  private FunctionProgram(byte[] bytes) {
    this.bytes = bytes;
    driver.onWrite = this::act;
    try {
      rig = new FunctionRig(driver);
    } catch (AttachException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs one; answers how many copies reached guest memory. */
  static int run(byte[] bytes) {
    FunctionProgram program = new FunctionProgram(bytes);
    try {
      program.run();
      return program.copies;
    } finally {
      program.leases.forEach(DmaLease::close);
      program.rig.close();
    }
  }

  /** The driver's side: what a write asks for, by its offset. */
  private void act(int bar, int offset, long value) {
    DeviceHost host = driver.host();
    long address = value << (bar == 2 ? 8 : 0);
    switch (offset >> 2 & 7) {
      case 0 -> copied(host, host.dmaWrite(address, note, 0, value & 63));
      case 1 -> copied(host, host.dmaRead(address, note, 0, value & 63));
      case 2 -> borrow(host, address, value >>> 12 & 0x3fff);
      case 3 -> leases.forEach(FunctionProgram::touch);
      case 4 -> host.signal((int) (value & 0x7fffffff) % 3);
      case 5 -> host.setIntx((value & 1) != 0);
      case 6 -> {
        Duration delay = Duration.ofNanos(value);
        var _ = host.clock().schedule(delay, () -> host.signal(1));
      }
      default -> {
        leases.forEach(DmaLease::close);
        leases.clear();
      }
    }
  }

  private void copied(DeviceHost host, int status) {
    assertThat(status).isIn(Status.OK, Status.DENIED, Status.OUT_OF_RANGE);
    if (!host.busMasterEnabled()) {
      assertThat(status).isEqualTo(Status.DENIED);
    }
    copies += status == Status.OK ? 1 : 0;
  }

  private void borrow(DeviceHost host, long address, long length) {
    DmaLease lease = host.lease(address, length, DmaAccess.READ_WRITE);
    if (lease != null) {
      assertThat(host.busMasterEnabled()).isTrue();
      leases.add(lease);
    }
  }

  private static void touch(DmaLease lease) {
    if (!lease.isRevoked()) {
      MemorySegment part = lease.part(lease.parts() - 1);
      part.set(ValueLayout.JAVA_BYTE, part.byteSize() - 1, (byte) 1);
      lease.written(0, lease.length());
    }
  }

  private int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private long u32() {
    return u8() | u8() << 8 | u8() << 16 | (long) u8() << 24;
  }

  private void run() {
    rig.config(FunctionRig.COMMAND, 2, FunctionRig.IO_MEMORY_MASTER);
    while (at < bytes.length) {
      switch (u8() % 8) {
        case 0 -> rig.config(u8() & 0xfc, 4, u32());
        case 1 -> rig.config(FunctionRig.COMMAND, 2, u8() & 7);
        case 2 -> rig.pass(u32());
        case 3 -> rig.config(rig.capability(0x13) + 4, 1, u8() & 1);
        default -> access(u8() % 4 == 0 ? rig.ports : rig.memory);
      }
      rig.boundary();
      if (!driver.host().busMasterEnabled()) {
        assertThat(leases).allMatch(DmaLease::isRevoked);
      }
    }
    assertThat(rig.attachment.faults()).isEmpty();
  }

  /** Any access at all near a window. */
  private void access(AddressSpace space) {
    if (space.windows().isEmpty()) {
      return;
    }
    Window window = space.windows().get(u8() % space.windows().size());
    long within = u8() < 200 ? 4L * (u8() & 15) : u32() % (window.length() + 8);
    int size = 1 << u8() % 4;
    if (u8() < 200) {
      space.write(window.base() + within, size, u8() < 128 ? u32() & 0x3fffff : u32());
    } else {
      var _ = space.read(window.base() + within, size);
    }
  }
}
