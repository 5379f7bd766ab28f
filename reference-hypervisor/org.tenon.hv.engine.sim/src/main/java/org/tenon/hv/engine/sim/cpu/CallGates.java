package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.sim.cpu.SegmentLoader.Descriptor;
import org.tenon.hv.engine.sim.decode.Insn;

/** Far calls and jumps through call gates (Intel SDM vol. 3, 5.8.3). */
final class CallGates {
  private static final int GATE_16 = 4;
  private static final int GATE_32_OR_64 = 12;
  private static final int PARAMETERS = 31;

  private final Cpu cpu;

  CallGates(Cpu cpu) {
    this.cpu = cpu;
  }

  /** Whether a system descriptor is a call gate in this mode. */
  boolean isCallGate(Descriptor d) {
    return d.type() == GATE_32_OR_64 || (d.type() == GATE_16 && !cpu.longMode());
  }

  /** A gate's content. */
  private record Gate(int selector, long offset, int size, int parameters) {}

  private Gate read(int selector, Descriptor d) {
    int code = SegmentLoader.errorCode(selector);
    if (d.dpl() < Math.max(cpu.cpl(), selector & 3)) {
      throw cpu.fault(GuestFault.GP, code);
    }
    long upper = 0;
    if (cpu.longMode()) {
      if (!cpu.loader.inTable(selector, 16)) {
        throw cpu.fault(GuestFault.GP, code);
      }
      upper = cpu.loader.loadSystem(d.address() + 8);
      if ((upper >>> 40 & 0x1f) != 0) {
        throw cpu.fault(GuestFault.GP, code);
      }
    }
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, code);
    }
    long low = d.raw();
    int target = (int) (low >>> 16) & 0xffff;
    if (d.type() == GATE_16) {
      return new Gate(target, low & 0xffff, 2, (int) (low >>> 32) & PARAMETERS);
    }
    long offset = (low & 0xffff) | (low >>> 32 & 0xffff0000L);
    return cpu.longMode()
        ? new Gate(target, offset | upper << 32, 8, 0)
        : new Gate(target, offset, 4, (int) (low >>> 32) & PARAMETERS);
  }

  private Descriptor target(int selector) {
    if (SegmentLoader.isNull(selector)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    Descriptor d = cpu.loader.read(selector, GuestFault.GP);
    int widths = d.attributes() & (Segments.LONG | Segments.BIG);
    if (!d.code() || d.dpl() > cpu.cpl() || (cpu.longMode() && widths != Segments.LONG)) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(selector));
    }
    return d;
  }

  private void requirePresent(int selector, Descriptor d) {
    if (!d.present()) {
      throw cpu.fault(GuestFault.NP, SegmentLoader.errorCode(selector));
    }
  }

  /** JMP: the privilege stays. */
  void jump(int selector, Descriptor d) {
    Gate gate = read(selector, d);
    Descriptor code = target(gate.selector);
    if (!code.conforming() && code.dpl() != cpu.cpl()) {
      throw cpu.fault(GuestFault.GP, SegmentLoader.errorCode(gate.selector));
    }
    requirePresent(gate.selector, code);
    cpu.far.checkOffset(code, gate.offset);
    cpu.loader.fillCode(gate.selector, code, cpu.cpl());
    cpu.rip = gate.offset;
  }

  /** CALL: to the code's privilege, with its stack. */
  void call(int selector, Descriptor d, long next) {
    Gate gate = read(selector, d);
    Descriptor code = target(gate.selector);
    requirePresent(gate.selector, code);
    cpu.far.checkOffset(code, gate.offset);
    if (code.conforming() || code.dpl() == cpu.cpl()) {
      cpu.far.pushReturn(gate.size, next);
      cpu.loader.fillCode(gate.selector, code, cpu.cpl());
    } else if (cpu.longMode()) {
      callInnerLong(gate, code, next);
    } else {
      callInner(gate, code, next);
    }
    cpu.rip = gate.offset;
  }

  private void callInnerLong(Gate gate, Descriptor code, long next) {
    long sp = cpu.task.stackPointer(code.dpl());
    if (sp << 16 >> 16 != sp) {
      throw cpu.fault(GuestFault.SS, 0);
    }
    cpu.mmu.selectSupervisor();
    try {
      cpu.mmu.store64(sp - 8, cpu.segments.selector(Insn.SS));
      cpu.mmu.store64(sp - 16, cpu.r[Cpu.RSP]);
      cpu.mmu.store64(sp - 24, cpu.segments.selector(Insn.CS));
      cpu.mmu.store64(sp - 32, next);
    } finally {
      cpu.mmu.select();
    }
    cpu.loader.fillCode(gate.selector, code, code.dpl());
    cpu.segments.set(Insn.SS, code.dpl(), 0, 0, code.dpl() << 5);
    cpu.r[Cpu.RSP] = sp - 32;
  }

  private void callInner(Gate gate, Descriptor code, long next) {
    int outer = cpu.cpl();
    Segment stack = cpu.segments.get(Insn.SS);
    long sp = cpu.r[Cpu.RSP];
    long[] parameters = new long[gate.parameters];
    for (int k = 0; k < gate.parameters; k++) {
      parameters[k] = cpu.peek((long) k * gate.size, gate.size);
    }
    boolean done = false;
    try {
      cpu.task.enterInnerStack(code.dpl());
      cpu.push(gate.size, stack.selector());
      cpu.push(gate.size, sp);
      for (int k = gate.parameters - 1; k >= 0; k--) {
        cpu.push(gate.size, parameters[k]);
      }
      cpu.push(gate.size, cpu.segments.selector(Insn.CS));
      cpu.push(gate.size, next);
      done = true;
    } finally {
      if (!done) {
        cpu.task.leaveInnerStack(stack, sp, outer);
      }
    }
    cpu.loader.fillCode(gate.selector, code, code.dpl());
  }
}
