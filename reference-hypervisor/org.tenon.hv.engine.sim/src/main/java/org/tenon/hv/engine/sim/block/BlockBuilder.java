package org.tenon.hv.engine.sim.block;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;
import org.tenon.hv.engine.sim.decode.Decoder;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;
import org.tenon.hv.engine.sim.exec.Handlers;
import org.tenon.hv.engine.sim.ffi.HostMemory;

/** Decodes blocks from guest memory. */
final class BlockBuilder {
  private static final int MAX_INSTRUCTIONS = 64;

  private final PhysicalMemory memory;
  private final Decoder decoder = new Decoder();
  private final Crossing crossing = new Crossing();

  BlockBuilder(PhysicalMemory memory) {
    this.memory = memory;
  }

  /** Code in a place without memory: nothing an engine without a bus could fetch. */
  static final class NoCode extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoCode(long physical) {
      super(
          "instruction fetch from 0x%x, where there is no memory".formatted(physical),
          null,
          false,
          false);
    }
  }

  /**
   * Decodes the block at the processor's RIP.
   *
   * @throws GuestFault if its first instruction cannot be fetched
   * @throws NoCode if it lies in MMIO space
   */
  Block build(Cpu cpu, long linear, long physical) {
    long host = memory.host(physical);
    if (host == PhysicalMemory.NONE) {
      throw new NoCode(physical);
    }
    int room = (int) (4096 - (physical & 0xfff));
    List<Insn> insns = new ArrayList<>();
    int used = 0;
    long rip = cpu.rip;
    long second = Block.ONE_PAGE;
    while (used < room && insns.size() < MAX_INSTRUCTIONS) {
      int start = used;
      boolean first = insns.isEmpty();
      Insn insn;
      try {
        insn =
            decoder.decode(
                offset -> {
                  int at = start + offset;
                  return at < room
                      ? (int) HostMemory.get8(host + at)
                      : beyond(cpu, linear, at, first);
                },
                rip,
                cpu.codeSize());
      } catch (Crossing end) {
        break;
      }
      if (start + insn.length > room) {
        second = cpu.mmu.fetch(cpu.wrapLinear(linear + room));
      }
      insn.position = insns.size();
      insns.add(insn);
      used += insn.length;
      rip = insn.next;
      if (insn.endsBlock) {
        break;
      }
    }
    Handler[] handlers = insns.stream().map(Handlers::of).toArray(Handler[]::new);
    return new Block(
        physical, second, used, cpu.rip, cpu.codeSize(), insns.toArray(Insn[]::new), handlers);
  }

  /**
   * A byte of the next page: only for the first instruction; a later one becomes a block of its
   * own.
   */
  private int beyond(Cpu cpu, long linear, int at, boolean first) {
    if (!first) {
      throw crossing;
    }
    long physical = cpu.mmu.fetch(cpu.wrapLinear(linear + at));
    long host = memory.host(physical);
    if (host == PhysicalMemory.NONE) {
      throw new NoCode(physical);
    }
    return (int) HostMemory.get8(host);
  }

  private static final class Crossing extends RuntimeException {
    private static final long serialVersionUID = 1;

    Crossing() {
      super(null, null, false, false);
    }
  }
}
