package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.Segments;
import org.tenon.hv.engine.sim.decode.Insn;

/** IN, OUT and one step of INS and OUTS, with the I/O permission bitmap. */
final class PortIo {
  private PortIo() {}

  static void bind(Handlers h) {
    h.bind("IN", PortIo::in);
    h.bind("OUT", PortIo::out);
  }

  private static int port(Cpu c, int operand, Insn i) {
    return operand == Insn.IMMEDIATE ? (int) i.imm & 0xff : (int) c.r[Cpu.RDX] & 0xffff;
  }

  /** IOPL or, beyond it, the task's bitmap must allow the ports. */
  private static void check(Cpu c, int port, int size) {
    if (!c.virtual8086() && (!c.protectedMode() || c.cpl() <= c.iopl())) {
      return;
    }
    long tss = c.segments.base(Segments.TR);
    long limit = c.segments.limit(Segments.TR);
    if (limit >= 103) {
      long at = (c.loader.loadSystem(tss + 0x66) & 0xffff) + (port >> 3);
      if (at + 1 <= limit) {
        long bits = c.loader.loadSystem(tss + at) & 0xffff;
        if ((bits >>> (port & 7) & (1 << size) - 1) == 0) {
          return;
        }
      }
    }
    throw c.fault(GuestFault.GP, 0);
  }

  private static void in(Cpu c, Insn i) {
    int port = port(c, i.src, i);
    check(c, port, i.size);
    long value = c.devices.read(VcpuExit.Reason.PORT_READ, port, i.size);
    c.debug.port(port, i.size);
    c.setRegister(Cpu.RAX, i.size, value);
  }

  private static void out(Cpu c, Insn i) {
    int port = port(c, i.dst, i);
    int size = i.sourceSize;
    check(c, port, size);
    c.devices.write(VcpuExit.Reason.PORT_WRITE, port, size, c.register(Cpu.RAX, size));
    c.debug.port(port, size);
  }

  static void ins(Cpu c, Insn i) {
    int port = (int) c.r[Cpu.RDX] & 0xffff;
    check(c, port, i.size);
    long at = Strings.destination(c, i, true);
    c.mmu.checkWrite(at, i.size);
    c.mmu.store(at, i.size, c.devices.read(VcpuExit.Reason.PORT_READ, port, i.size));
    c.debug.port(port, i.size);
    Strings.advance(c, i, Cpu.RDI, i.size);
  }

  static void outs(Cpu c, Insn i) {
    int port = (int) c.r[Cpu.RDX] & 0xffff;
    check(c, port, i.size);
    long value = c.mmu.load(Strings.source(c, i), i.size);
    c.devices.write(VcpuExit.Reason.PORT_WRITE, port, i.size, value);
    c.debug.port(port, i.size);
    Strings.advance(c, i, Cpu.RSI, i.size);
  }
}
