package org.tenon.hv.engine.sim.oracle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.DescriptorTable;
import org.tenon.hv.engine.RamRegion;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.engine.sim.block.BlockCache;
import org.tenon.hv.engine.sim.block.RunLoop;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;
import org.tenon.hv.engine.sim.cpu.StateTransfer;

/**
 * The simulator in 64-bit mode with the oracle's addresses mapped, so that both see the same linear
 * memory.
 */
final class SimProcessor {
  private static final int RAM = 1 << 20;
  private static final int WINDOW = 0x80000;
  private static final int PAGES = 16;

  final Cpu cpu;
  private final MemorySegment ram = Arena.ofAuto().allocate(RAM, 4096);
  private final PhysicalMemory memory;
  private final RunLoop loop;
  private final long base;

  /** Maps 16 pages from the page of {@code linear} on. */
  SimProcessor(long linear) {
    this(linear, RunLoop.INTERPRET_ONLY);
  }

  SimProcessor(long linear, int compileThreshold) {
    base = linear & ~0xfffL;
    memory = new PhysicalMemory(List.of(new RamRegion(0, ram, true)));
    CpuidTable cpuid = new SimEngine().supportedCpuid();
    BlockCache cache = new BlockCache(memory);
    cpu = new Cpu(0, cpuid, memory, 1);
    cache.add(cpu);
    loop = new RunLoop(cpu, cache, memory, compileThreshold, Runnable::run);
    mapPages();
    var state = StateTransfer.save(cpu);
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(Segment.code64(8))
            .withData(Segment.data32(16))
            .withTables(new DescriptorTable(0, 0), new DescriptorTable(0, 0))
            .withControl(0x80000033L, 0x1000, 0x620, 0xd01);
    StateTransfer.restore(cpu, state.with(system).with(Registers.ZERO));
  }

  private void mapPages() {
    long[] tables = {0x1000, 0x2000, 0x3000, 0x4000};
    for (int k = 0; k < PAGES; k++) {
      long at = base + 4096L * k;
      for (int level = 0; level < 4; level++) {
        int index = (int) (at >>> (39 - 9 * level)) & 511;
        // A window that crosses a table's end needs a second table there.
        long next = level == 3 ? WINDOW + 4096L * k : tables[level + 1];
        boolean crossed = level < 3 && (at >>> (39 - 9 * level)) != (base >>> (39 - 9 * level));
        if (crossed) {
          next += 0x4000;
        }
        long slot = tables[level] + 8L * index;
        if (level > 0 && (at >>> (48 - 9 * level)) != (base >>> (48 - 9 * level))) {
          slot += 0x4000;
        }
        ram.set(ValueLayout.JAVA_LONG, slot, next | 7);
      }
    }
  }

  /** Lets a page of the window lie where another one does; the caller flushes. */
  void remap(long page, long where) {
    int index = (int) (page >>> 12) & 511;
    ram.set(ValueLayout.JAVA_LONG, 0x4000 + 8L * index, WINDOW + ((where & ~0xfffL) - base) | 7);
  }

  /** The bytes at a linear address of the window. */
  MemorySegment window(long linear, long length) {
    return ram.asSlice(WINDOW + (linear - base), length);
  }

  /** Says that the window's code has been replaced. */
  void codeWritten(long linear, int length) {
    memory.beforeWrite(WINDOW + (linear - base), length);
  }

  /** Runs one instruction. */
  VcpuExit step() {
    return loop.run(1);
  }

  VcpuExit run(long budget) {
    return loop.run(budget);
  }

  /** All of memory. */
  MemorySegment ram() {
    return ram;
  }

  /** Clears a shutdown. */
  void recover() {
    cpu.interrupts.restore(false, false, -1);
  }
}
