package org.tenon.hv.engine.sim.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tenon.hv.engine.DebugRegisters;
import org.tenon.hv.engine.DescriptorTable;
import org.tenon.hv.engine.FpuState;
import org.tenon.hv.engine.PendingEvents;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuState;
import org.tenon.hv.engine.sim.fpu.X87;

/** A processor's state as a value, and back. */
public final class StateTransfer {
  private StateTransfer() {}

  /** Everything that the guest could see. */
  public static VcpuState save(Cpu c) {
    PendingEvents events =
        new PendingEvents(
            c.shadowed(),
            c.interrupts.nmiPending(),
            c.interrupts.nmiBlocked(),
            c.interrupts.injected());
    return new VcpuState(
        VcpuState.VERSION,
        Registers.of(java.util.Arrays.copyOf(c.r, 16), c.rip, c.rflags()),
        system(c),
        new DebugRegisters(c.dr[0], c.dr[1], c.dr[2], c.dr[3], c.dr[6], c.dr[7]),
        fpu(c),
        c.msrs.save(),
        events,
        c.retired,
        c.clock.tsc(0));
  }

  private static SystemRegisters system(Cpu c) {
    Segments s = c.segments;
    return new SystemRegisters(
        s.get(0),
        s.get(1),
        s.get(2),
        s.get(3),
        s.get(4),
        s.get(5),
        s.get(6),
        s.get(7),
        new DescriptorTable(c.gdtBase, c.gdtLimit),
        new DescriptorTable(c.idtBase, c.idtLimit),
        c.cr0,
        c.cr2,
        c.cr3,
        c.cr4,
        c.cr8,
        c.efer,
        c.xcr0);
  }

  private static FpuState fpu(Cpu c) {
    byte[] image = new byte[FpuState.SIZE];
    ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    X87 f = c.fpu;
    b.putShort(0, (short) f.control);
    b.putShort(2, (short) f.statusWord());
    b.put(4, (byte) f.valid);
    b.putShort(6, (short) f.opcode);
    b.putLong(8, f.instructionPointer);
    b.putLong(16, f.dataPointer);
    b.putInt(24, c.mxcsr);
    b.putInt(28, 0xffff);
    for (int k = 0; k < 8; k++) {
      b.putLong(32 + 16 * k, f.significand[f.physical(k)]);
      b.putShort(40 + 16 * k, (short) f.signExponent[f.physical(k)]);
    }
    for (int k = 0; k < 32; k++) {
      b.putLong(160 + 8 * k, c.xmm[k]);
    }
    return FpuState.of(image);
  }

  /**
   * Takes a state.
   *
   * @throws IllegalArgumentException if it is impossible
   */
  public static void restore(Cpu c, VcpuState state) {
    SystemRegisters s = state.system();
    check(s, state.registers().rflags());
    System.arraycopy(state.registers().toArray(), 0, c.r, 0, 16);
    c.rip = state.registers().rip();
    c.cr0 = s.cr0() | Cpu.CR0_ET;
    c.cr2 = s.cr2();
    c.cr3 = s.cr3();
    c.cr4 = s.cr4();
    c.cr8 = s.cr8();
    c.xcr0 = s.xcr0();
    boolean active = (s.efer() & Cpu.EFER_LME) != 0 && (s.cr0() & Cpu.CR0_PG) != 0;
    c.efer = active ? s.efer() | Cpu.EFER_LMA : s.efer() & ~Cpu.EFER_LMA;
    c.gdtBase = s.gdt().base();
    c.gdtLimit = s.gdt().limit();
    c.idtBase = s.idt().base();
    c.idtLimit = s.idt().limit();
    Segments g = c.segments;
    g.set(0, s.es());
    g.set(1, s.cs());
    g.set(2, s.ss());
    g.set(3, s.ds());
    g.set(4, s.fs());
    g.set(5, s.gs());
    g.set(6, s.ldt());
    g.set(7, s.tr());
    c.flags.set(state.registers().rflags());
    c.setCpl((s.cr0() & Cpu.CR0_PE) == 0 ? 0 : Segments.dpl(s.ss().attributes()));
    DebugRegisters d = state.debug();
    c.dr[0] = d.dr0();
    c.dr[1] = d.dr1();
    c.dr[2] = d.dr2();
    c.dr[3] = d.dr3();
    c.dr[6] = d.dr6();
    c.dr[7] = d.dr7();
    restoreFpu(c, state.fpu());
    c.msrs.restore(state.msrs());
    PendingEvents e = state.events();
    c.interrupts.restore(e.nmiPending(), e.nmiBlocked(), e.injected());
    c.retired = state.retired();
    c.shadowAt = e.interruptShadow() ? c.retired : -1;
    c.halted = false;
    c.clock.restore(state.tsc());
    c.debug.update();
    c.mmu.flush();
    c.updateMode();
  }

  private static void check(SystemRegisters s, long rflags) {
    boolean pg = (s.cr0() & Cpu.CR0_PG) != 0;
    if (pg && (s.cr0() & Cpu.CR0_PE) == 0) {
      throw new IllegalArgumentException("CR0.PG without CR0.PE");
    }
    if (pg && (s.efer() & Cpu.EFER_LME) != 0 && (s.cr4() & Cpu.CR4_PAE) == 0) {
      throw new IllegalArgumentException("long mode without CR4.PAE");
    }
    if (pg && (s.efer() & Cpu.EFER_LME) != 0 && (rflags & Flags.VM) != 0) {
      throw new IllegalArgumentException("virtual-8086 mode in long mode");
    }
  }

  private static void restoreFpu(Cpu c, FpuState state) {
    ByteBuffer b = ByteBuffer.wrap(state.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
    X87 f = c.fpu;
    f.control = b.getShort(0) & 0xffff;
    f.setStatusWord(b.getShort(2) & 0xffff);
    f.valid = b.get(4) & 0xff;
    f.opcode = b.getShort(6) & 0x7ff;
    f.instructionPointer = b.getLong(8);
    f.dataPointer = b.getLong(16);
    c.mxcsr = b.getInt(24) & 0xffff;
    for (int k = 0; k < 8; k++) {
      f.significand[f.physical(k)] = b.getLong(32 + 16 * k);
      f.signExponent[f.physical(k)] = b.getShort(40 + 16 * k) & 0xffff;
    }
    for (int k = 0; k < 32; k++) {
      c.xmm[k] = b.getLong(160 + 8 * k);
    }
  }
}
