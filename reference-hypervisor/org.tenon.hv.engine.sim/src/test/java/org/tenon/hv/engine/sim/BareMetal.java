package org.tenon.hv.engine.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import org.tenon.hv.engine.DescriptorTable;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.RamRegion;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VmConfig;

/**
 * A machine of 2 MiB without devices. In 64-bit mode memory is mapped one to one by 4 KiB pages,
 * every interrupt vector leads to a HLT of its own, and vector 8 to 13 use IST 1 (8), none
 * (others).
 */
final class BareMetal {
  static final int RAM = 2 << 20;
  static final int CODE = 0x10000;
  static final int STACK = 0x20000;
  static final int DATA = 0x30000;
  static final long MMIO = 0x1f0000;
  static final int HANDLERS = 0x8000;
  static final int USER_DATA = 0x1b;
  static final int USER_CODE = 0x23;
  private static final int PAGE_TABLE = 0x4000;
  private static final int GDT = 0x5000;
  private static final int IDT = 0x6000;
  private static final int TSS = 0x7000;
  private static final int KERNEL_STACK = 0x24000;
  private static final int IST1 = 0x28000;

  private static final int GUARD = 1 << 16;
  private static final byte GUARD_BYTE = (byte) 0xa5;

  /** RAM with memory before and behind it that no guest may touch. */
  private final MemorySegment guarded = Arena.ofAuto().allocate(RAM + 2 * GUARD, 4096);

  final MemorySegment ram = guarded.asSlice(GUARD, RAM);
  final EngineVm vm;
  final Vcpu cpu;

  BareMetal() {
    guarded.asSlice(0, GUARD).fill(GUARD_BYTE);
    guarded.asSlice(GUARD + RAM).fill(GUARD_BYTE);
    SimEngine engine = new SimEngine();
    vm =
        engine.create(
            new VmConfig(
                List.of(new RamRegion(0, ram.asSlice(0, MMIO), true)), engine.supportedCpuid(), 1));
    cpu = vm.createVcpu(0);
  }

  /** 64-bit mode at privilege 0, RIP at {@link #CODE}. */
  BareMetal longMode(String code) {
    put64(0x1000, 0x2007);
    put64(0x2000, 0x3007);
    put64(0x3000, PAGE_TABLE | 7);
    for (int k = 0; k < 512; k++) {
      put64(PAGE_TABLE + 8 * k, (long) k << 12 | 7);
    }
    put64(GDT + 8, 0x00af9b000000ffffL);
    put64(GDT + 16, 0x00cf93000000ffffL);
    put64(GDT + 24, 0x00cff3000000ffffL);
    put64(GDT + 32, 0x00affb000000ffffL);
    put64(TSS + 4, KERNEL_STACK);
    put64(TSS + 0x24, IST1);
    for (int v = 0; v < 256; v++) {
      long handler = HANDLERS + 16L * v;
      long ist = v == 8 ? 1 : 0;
      int dpl = v == 0x80 ? 3 : 0;
      put64(
          IDT + 16 * v,
          handler & 0xffff | 8 << 16 | ist << 32 | (0x8eL | dpl << 5) << 40 | handler >>> 16 << 48);
      ram.set(ValueLayout.JAVA_BYTE, handler, (byte) 0xf4);
    }
    load(CODE, code);
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(Segment.code64(8))
            .withData(Segment.data32(16))
            .withTables(new DescriptorTable(GDT, 39), new DescriptorTable(IDT, 0xfff))
            .withTr(Segment.busyTss(0x28, TSS, 103))
            .withControl(0x80010033L, 0x1000, 0x620, 0xd01);
    cpu.setState(
        cpu.state().with(system).with(Registers.ZERO.withRip(CODE).with(4, STACK).with(3, DATA)));
    return this;
  }

  void load(long at, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, ram, at, bytes.length);
  }

  void put64(long at, long value) {
    ram.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  long get64(long at) {
    return ram.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  /** Whether anything has been written outside RAM, or into the part that is MMIO. */
  boolean escaped() {
    for (MemorySegment outside : List.of(guarded.asSlice(0, GUARD), guarded.asSlice(GUARD + RAM))) {
      for (long at = 0; at < GUARD; at++) {
        if (outside.get(ValueLayout.JAVA_BYTE, at) != GUARD_BYTE) {
          return true;
        }
      }
    }
    for (long at = MMIO; at < RAM; at += 8) {
      if (get64(at) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Replaces a page's entry. */
  void mapPage(long linear, long entry) {
    put64(PAGE_TABLE + 8 * (linear >>> 12), entry);
  }

  VcpuExit run() {
    return cpu.run(10_000);
  }

  Registers registers() {
    return cpu.state().registers();
  }

  /** The vector whose handler has halted. */
  int vector() {
    return (int) (registers().rip() - 1 - HANDLERS) / 16;
  }

  /** A quadword above the stack pointer. */
  long stacked(int index) {
    return get64(registers().rsp() + 8L * index);
  }
}
