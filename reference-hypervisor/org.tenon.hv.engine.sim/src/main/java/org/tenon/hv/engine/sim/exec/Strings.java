package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.ffi.HostMemory;

/**
 * String instructions. With REP each step is final before the next begins: after a fault or an exit
 * the registers tell how far it came, and the instruction goes on from there; after a step that the
 * machine had to answer, by way of the run loop, so that it can stop a guest there. Long runs over
 * plain RAM are done in bulk, a page at a time.
 */
final class Strings {
  /**
   * Steps after which a REP lets the run loop look up; it then goes on with the same instruction.
   */
  private static final int SLICE = 1 << 16;

  private Strings() {}

  /** One step; says whether REPE or REPNE may go on. */
  @FunctionalInterface
  private interface Step {
    void execute(Cpu cpu, Insn i);
  }

  static void bind(Handlers h) {
    h.bind("MOVS", (c, i) -> repeat(c, i, Strings::movs, true));
    h.bind("STOS", (c, i) -> repeat(c, i, Strings::stos, true));
    h.bind("LODS", (c, i) -> repeat(c, i, Strings::lods, false));
    h.bind("CMPS", (c, i) -> repeatCompare(c, i, Strings::cmps));
    h.bind("SCAS", (c, i) -> repeatCompare(c, i, Strings::scas));
    h.bind("INS", (c, i) -> repeat(c, i, PortIo::ins, false));
    h.bind("OUTS", (c, i) -> repeat(c, i, PortIo::outs, false));
  }

  private static long count(Cpu c, Insn i) {
    return c.r[Cpu.RCX] & i.addressMask;
  }

  private static void setCount(Cpu c, Insn i, long count) {
    if (i.addressSize == 2) {
      c.setRegister(Cpu.RCX, 2, count);
    } else {
      c.r[Cpu.RCX] = count;
    }
  }

  private static void repeat(Cpu c, Insn i, Step step, boolean bulk) {
    if (i.rep == 0) {
      step.execute(c, i);
      return;
    }
    for (int steps = 0; ; steps++) {
      long count = count(c, i);
      if (count == 0) {
        break;
      }
      if (steps >= SLICE || (steps > 0 && c.debug.interruptsStrings())) {
        c.repeatLater();
        return;
      }
      long done = bulk && count > 1 && !c.debug.interruptsStrings() ? bulk(c, i, count) : 0;
      if (done == 0) {
        step.execute(c, i);
        done = 1;
      }
      setCount(c, i, count - done);
      boolean exchanged = c.devices.inProgress();
      c.devices.commit();
      if ((exchanged || c.leaveBlock) && count - done != 0) {
        c.repeatLater();
        return;
      }
    }
  }

  private static void repeatCompare(Cpu c, Insn i, Step step) {
    if (i.rep == 0) {
      step.execute(c, i);
      return;
    }
    boolean whileEqual = i.rep == 0xf3;
    for (int steps = 0; ; steps++) {
      long count = count(c, i);
      if (count == 0) {
        return;
      }
      if (steps >= SLICE || (steps > 0 && c.debug.interruptsStrings())) {
        c.repeatLater();
        return;
      }
      step.execute(c, i);
      setCount(c, i, count - 1);
      boolean exchanged = c.devices.inProgress();
      c.devices.commit();
      if (c.flags.zf() != whileEqual) {
        return;
      }
      if (exchanged && count > 1) {
        c.repeatLater();
        return;
      }
    }
  }

  /** Moves rSI or rDI by one element. */
  static void advance(Cpu c, Insn i, int register, long bytes) {
    long value = c.r[register] + (c.flags.has(Flags.DF) ? -bytes : bytes);
    c.setRegister(register, i.addressSize, value);
  }

  static long source(Cpu c, Insn i) {
    return c.linear(i.segment, c.r[Cpu.RSI] & i.addressMask, i.size, false);
  }

  static long destination(Cpu c, Insn i, boolean write) {
    return c.linear(Insn.ES, c.r[Cpu.RDI] & i.addressMask, i.size, write);
  }

  private static void movs(Cpu c, Insn i) {
    long value = c.mmu.load(source(c, i), i.size);
    c.mmu.store(destination(c, i, true), i.size, value);
    advance(c, i, Cpu.RSI, i.size);
    advance(c, i, Cpu.RDI, i.size);
  }

  private static void stos(Cpu c, Insn i) {
    c.mmu.store(destination(c, i, true), i.size, c.r[Cpu.RAX]);
    advance(c, i, Cpu.RDI, i.size);
  }

  private static void lods(Cpu c, Insn i) {
    c.setRegister(Cpu.RAX, i.size, c.mmu.load(source(c, i), i.size));
    advance(c, i, Cpu.RSI, i.size);
  }

  private static void cmps(Cpu c, Insn i) {
    long a = c.mmu.load(source(c, i), i.size);
    long b = c.mmu.load(destination(c, i, false), i.size);
    advance(c, i, Cpu.RSI, i.size);
    advance(c, i, Cpu.RDI, i.size);
    c.flags.sub(a, b, a - b, i.shift);
  }

  private static void scas(Cpu c, Insn i) {
    long a = c.register(Cpu.RAX, i.size);
    long b = c.mmu.load(destination(c, i, false), i.size);
    advance(c, i, Cpu.RDI, i.size);
    c.flags.sub(a, b, a - b, i.shift);
  }

  /** Does as many steps at once as lie within one page on each side; 0 if that way is not open. */
  private static long bulk(Cpu c, Insn i, long count) {
    boolean move = i.src == Insn.OTHER && i.definition.name().equals("MOVS");
    if (c.flags.has(Flags.DF) || !c.code64() || i.addressSize != 8) {
      return 0;
    }
    long to = destination(c, i, true);
    long bytes = 4096 - (to & 0xfff);
    long from = 0;
    if (move) {
      from = source(c, i);
      bytes = Math.min(bytes, 4096 - (from & 0xfff));
    }
    long steps = Math.min(count, bytes / i.size);
    if (steps < 2) {
      return 0;
    }
    long hostFrom = move ? c.mmu.hostForRead(from) : 0;
    long hostTo = c.mmu.hostForWrite(to);
    if (hostTo == PhysicalMemory.NONE || (move && hostFrom == PhysicalMemory.NONE)) {
      return 0;
    }
    long length = steps * i.size;
    if (move) {
      if (hostTo > hostFrom && hostTo < hostFrom + length) {
        return 0; // each step reads what an earlier one wrote
      }
      HostMemory.copy(hostFrom, hostTo, length);
      advance(c, i, Cpu.RSI, length);
    } else {
      fill(hostTo, steps, i.size, c.r[Cpu.RAX]);
    }
    advance(c, i, Cpu.RDI, length);
    return steps;
  }

  private static void fill(long host, long steps, int size, long value) {
    switch (size) {
      case 1 -> HostMemory.fill(host, steps, (byte) value);
      case 2 -> {
        for (long k = 0; k < steps; k++) {
          HostMemory.put16(host + 2 * k, value);
        }
      }
      case 4 -> {
        for (long k = 0; k < steps; k++) {
          HostMemory.put32(host + 4 * k, value);
        }
      }
      default -> {
        for (long k = 0; k < steps; k++) {
          HostMemory.put64(host + 8 * k, value);
        }
      }
    }
  }
}
