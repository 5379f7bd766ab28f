package org.tenon.hv.engine.sim.exec;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.Operand;

/** Moves between registers and memory. */
final class DataTransfer {
  private DataTransfer() {}

  static void bind(Handlers h) {
    h.bind("MOV", (c, i) -> c.setDst(i, c.src(i)));
    h.bind("MOVNTI", (c, i) -> c.setDst(i, c.src(i)));
    h.bind("MOVZX", (c, i) -> c.setRegister(i.dst, i.size, c.src(i)));
    h.bind("MOVSX", DataTransfer::movsx);
    h.bind("MOVBE", DataTransfer::movbe);
    h.bind("LEA", (c, i) -> c.setRegister(i.dst, i.size, c.offset(i)));
    h.bindEach("XCHG", DataTransfer::xchg);
    h.bind("CMOVcc", DataTransfer::cmov);
    h.bind("SETcc", (c, i) -> c.setDst(i, c.flags.condition(i.cc) ? 1 : 0));
    h.bind("CBW", DataTransfer::cbw);
    h.bind("CWD", DataTransfer::cwd);
    h.bind("XLAT", DataTransfer::xlat);
    h.bind("LAHF", (c, i) -> c.setRegister(Insn.HIGH_BYTE, 1, (c.flags.arithmetic() & 0xd5) | 2));
    h.bind("SAHF", DataTransfer::sahf);
    h.bind("MOV.fromseg", DataTransfer::movFromSegment);
    h.bind("MOV.toseg", DataTransfer::movToSegment);
    h.bind("LES", (c, i) -> loadFar(c, i, Insn.ES));
    h.bind("LDS", (c, i) -> loadFar(c, i, Insn.DS));
    h.bind("LSS", (c, i) -> loadFar(c, i, Insn.SS));
    h.bind("LFS", (c, i) -> loadFar(c, i, Insn.FS));
    h.bind("LGS", (c, i) -> loadFar(c, i, Insn.GS));
    for (String hint :
        new String[] {"NOP", "PAUSE", "PREFETCH", "PREFETCHW", "LFENCE", "MFENCE", "SFENCE"}) {
      h.bind(hint, (c, i) -> {});
    }
    h.bind("CLFLUSH", (c, i) -> c.load(i, 1));
  }

  private static void movsx(Cpu c, Insn i) {
    int unused = 64 - 8 * i.sourceSize;
    c.setRegister(i.dst, i.size, c.src(i) << unused >> unused);
  }

  private static void movbe(Cpu c, Insn i) {
    c.setDst(i, Long.reverseBytes(c.src(i)) >>> i.shift);
  }

  private static Handler xchg(Definition row) {
    boolean mayBeNop = row.operands().get(0).kind() == Operand.Kind.Z;
    return (c, i) -> {
      if (mayBeNop && i.dst == i.src) {
        return; // 90: not even the upper half of RAX is cleared
      }
      long a = c.dstForWrite(i);
      long b = c.src(i);
      c.setDst(i, b);
      c.setRegister(i.src, i.size, a);
    };
  }

  private static void cmov(Cpu c, Insn i) {
    long value = c.src(i); // read (and checked) in any case
    c.setRegister(i.dst, i.size, c.flags.condition(i.cc) ? value : c.register(i.dst, i.size));
  }

  private static void cbw(Cpu c, Insn i) {
    int half = i.size / 2;
    int unused = 64 - 8 * half;
    c.setRegister(Cpu.RAX, i.size, c.r[Cpu.RAX] << unused >> unused);
  }

  private static void cwd(Cpu c, Insn i) {
    c.setRegister(Cpu.RDX, i.size, c.r[Cpu.RAX] << i.shift >> 63);
  }

  private static void xlat(Cpu c, Insn i) {
    long offset = c.r[Cpu.RBX] + (c.r[Cpu.RAX] & 0xff) & i.addressMask;
    c.setRegister(Cpu.RAX, 1, c.mmu.load8(c.linear(i.segment, offset, 1, false)));
  }

  private static void sahf(Cpu c, Insn i) {
    int keep = c.flags.arithmetic() & Flags.OF;
    c.flags.setArithmetic(keep | ((int) c.register(Insn.HIGH_BYTE, 1) & 0xd5));
  }

  private static void movFromSegment(Cpu c, Insn i) {
    checkSegmentNumber(c, i.src);
    int selector = c.segments.selector(i.src);
    if (i.dst >= 0) {
      c.setRegister(i.dst, i.size, selector);
    } else {
      c.store(i, 2, selector);
    }
  }

  private static void checkSegmentNumber(Cpu c, int number) {
    if (number > Insn.GS) {
      throw c.fault(GuestFault.UD, 0);
    }
  }

  private static void movToSegment(Cpu c, Insn i) {
    checkSegmentNumber(c, i.dst);
    if (i.dst == Insn.CS) {
      throw c.fault(GuestFault.UD, 0);
    }
    long selector = i.src >= 0 ? c.register(i.src, 2) : c.load(i, 2);
    c.loader.loadData(i.dst, (int) selector);
    if (i.dst == Insn.SS) {
      c.updateMode();
      c.stackShadowNext(i);
    }
  }

  private static void loadFar(Cpu c, Insn i, int segment) {
    int size = i.operandSize;
    long at = c.linear(i, size + 2, false);
    long offset = c.mmu.load(at, size);
    int selector = (int) c.mmu.load16(c.wrapLinear(at + size));
    c.loader.loadData(segment, selector);
    c.setRegister(i.dst, size, offset);
    if (segment == Insn.SS) {
      c.updateMode();
    }
  }
}
