package org.tenon.hv.engine.sim.block;

import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VcpuExit.Reason;
import org.tenon.hv.engine.sim.cpu.CodeOverwritten;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.cpu.LeaveRun;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;
import org.tenon.hv.engine.sim.jit.RegionCode;
import org.tenon.hv.engine.sim.jit.RegionPlan;

/**
 * Executes blocks on one processor until an exit. The interpreter: its semantics are the engine's.
 */
public final class RunLoop {
  private static final int RECENT = 1 << 14;

  /** Threshold that never compiles. */
  public static final int INTERPRET_ONLY = 0;

  /** Instructions that a region may run before the run loop looks up. */
  private static final long LONGEST_LOOP = 100_000;

  private final Cpu cpu;
  private final BlockCache cache;
  private final BlockBuilder builder;
  private final int compileThreshold;
  private final Executor compiler;

  /** Blocks that this processor executed lately, by RIP. */
  private final @Nullable Block[] recent = new Block[RECENT];

  private volatile boolean kicked;
  private long[] breakpoints = {};
  private boolean passBreakpoint;

  /** Whether the instruction under way was begun by the debug unit. */
  private boolean debugged;

  /**
   * A loop for one processor.
   *
   * @param compileThreshold executions after which a block of 64-bit code becomes the head of a
   *     region, or {@link #INTERPRET_ONLY}
   * @param compiler compiles regions, at once or later
   */
  public RunLoop(
      Cpu cpu, BlockCache cache, PhysicalMemory memory, int compileThreshold, Executor compiler) {
    this.cpu = cpu;
    this.compileThreshold = compileThreshold;
    this.compiler = compiler;
    this.cache = cache;
    this.builder = new BlockBuilder(memory);
  }

  /** Any thread: makes {@link #run(long)} come back. */
  public void kick() {
    kicked = true;
  }

  /** Sets the debugger's breakpoints. */
  public void setBreakpoints(long[] addresses) {
    breakpoints = addresses.clone();
  }

  /** Runs until an exit; at most {@code budget} instructions. */
  public VcpuExit run(long budget) {
    long end = cpu.retired + budget;
    cpu.devices.resume();
    if (cpu.devices.inProgress()) {
      if (!finishInstruction()) {
        return cpu.devices;
      }
    }
    for (; ; ) {
      VcpuExit exit = between(end);
      if (exit != null) {
        return exit;
      }
      if (cpu.debug.attention()) {
        if (cpu.debug.before()) {
          debugged = true;
          if (!execute(1)) {
            return cpu.devices;
          }
          endDebugged();
        }
        continue;
      }
      boolean alone = breakpoints.length > 0 || (cpu.interrupts.attention() && cpu.shadowed());
      if (!execute(alone ? 1 : end - cpu.retired)) {
        return cpu.devices;
      }
    }
  }

  /** Raises the debug exceptions of an instruction that was executed alone. */
  private void endDebugged() {
    if (debugged) {
      debugged = false;
      cpu.debug.after();
    }
  }

  /** What has to happen at an instruction boundary; an exit, or null to go on. */
  private @Nullable VcpuExit between(long end) {
    if (cpu.halted) {
      cpu.halted = false;
      return cpu.devices.exit(Reason.HALT, 0, "");
    }
    if (cpu.taskPriorityChanged) {
      cpu.taskPriorityChanged = false;
      return cpu.devices.exit(Reason.TASK_PRIORITY, cpu.cr8, "");
    }
    if (cpu.interrupts.attention()) {
      if (cpu.interrupts.takeWindow()) {
        return cpu.devices.exit(Reason.INTERRUPT_WINDOW, 0, "");
      }
      cpu.interrupts.deliverPending();
    }
    if (cpu.interrupts.shutdown()) {
      return cpu.devices.exit(Reason.SHUTDOWN, 0, "triple fault at 0x%x".formatted(cpu.rip));
    }
    if (kicked) {
      kicked = false;
      return cpu.devices.exit(Reason.KICKED, 0, "");
    }
    if (cpu.retired >= end) {
      return cpu.devices.exit(Reason.BUDGET, 0, "");
    }
    return breakpoints.length > 0 ? atBreakpoint() : null;
  }

  private @Nullable VcpuExit atBreakpoint() {
    if (passBreakpoint) {
      passBreakpoint = false;
      return null;
    }
    long linear = linearRip();
    if (Arrays.stream(breakpoints).noneMatch(each -> each == linear)) {
      return null;
    }
    passBreakpoint = true;
    return cpu.devices.exit(Reason.BREAKPOINT, 0, "");
  }

  private long linearRip() {
    return cpu.code64() ? cpu.rip : cpu.segments.base(Insn.CS) + cpu.rip & 0xffffffffL;
  }

  /** Executes the instruction that an exit had interrupted; false if it exits again. */
  private boolean finishInstruction() {
    boolean done = execute(1);
    if (done) {
      cpu.devices.commit();
      endDebugged();
    }
    return done;
  }

  /**
   * Executes the block at RIP, or its first {@code limit} instructions; false if the machine must
   * act.
   */
  private boolean execute(long limit) {
    return execute(limit, true);
  }

  private boolean execute(long limit, boolean compiled) {
    Block block;
    try {
      block = lookup();
    } catch (GuestFault fault) {
      fault(fault, cpu.rip);
      return true;
    } catch (BlockBuilder.NoCode none) {
      cpu.devices.exit(Reason.FAILURE, 0, String.valueOf(none.getMessage()));
      return false;
    }
    int within = block.codeSize == 8 ? block.insns.length : withinSegment(block);
    if (within == 0) {
      fault(cpu.fault(GuestFault.GP, 0), cpu.rip);
      return true;
    }
    if (limit < within || within < block.insns.length || !compiled) {
      return interpret(block, (int) Math.min(limit, within));
    }
    Region region = block.region;
    if (region != null) {
      RegionCode code = region.usable(cpu.mmu);
      if (code != null) {
        return runRegion(code, limit);
      }
    } else if (++block.heat >= block.headAt + compileThreshold && compileThreshold > 0) {
      compile(block);
    }
    return interpret(block, block.insns.length);
  }

  /** How many of a block's instructions lie within CS. */
  private int withinSegment(Block block) {
    long limit = cpu.segments.limit(Insn.CS);
    int count = block.insns.length;
    while (count > 0) {
      Insn last = block.insns[count - 1];
      if (last.rip + last.length - 1 <= limit) {
        break;
      }
      count--;
    }
    return count;
  }

  /** Waits while a region that holds the block is on its way. */
  private void compile(Block head) {
    head.headAt = head.heat;
    if (head.regions.stream().noneMatch(Region::isPending)) {
      RegionPlan plan = RegionPicker.pick(head, cache, cpu.mmu);
      if (plan != null && head.region != null) {
        head.region.compile(plan, compiler);
      }
    }
  }

  private boolean runRegion(RegionCode code, long limit) {
    Cpu c = cpu;
    c.leaveBlock = false;
    c.inRegion = true;
    try {
      code.run(c, (int) Math.min(limit, LONGEST_LOOP));
      return true;
    } catch (GuestFault fault) {
      c.inRegion = false; // delivery stores where it must
      faultAt(fault, code.insn(c.position));
      return true;
    } catch (LeaveRun exit) {
      exitAt(code.insn(c.position));
      return false;
    } catch (CodeOverwritten store) {
      exitAt(code.insn(c.position));
      c.inRegion = false;
      return execute(1, false);
    } finally {
      c.inRegion = false;
    }
  }

  private void faultAt(GuestFault fault, Insn insn) {
    cpu.retired += insn.position;
    cpu.repeatAgain = false;
    cpu.devices.commit();
    fault(cpu.refine(fault, insn), insn.rip);
  }

  private void exitAt(Insn insn) {
    cpu.retired += insn.position;
    cpu.rip = insn.rip;
  }

  private boolean interpret(Block block, int count) {
    Insn[] insns = block.insns;
    Handler[] handlers = block.handlers;
    Cpu c = cpu;
    int last = count - 1;
    int k = 0;
    c.leaveBlock = false;
    try {
      for (; k < last; k++) {
        handlers[k].execute(c, insns[k]);
        if (c.leaveBlock) {
          // Its code may have changed, or a REP wants to be executed again.
          c.rip = c.takeRepeat() ? insns[k].rip : insns[k].next;
          c.retired += k + 1;
          return true;
        }
      }
      c.rip = insns[last].next;
      handlers[last].execute(c, insns[last]);
      if (c.takeRepeat()) {
        c.rip = insns[last].rip;
      }
      c.retired += count;
      return true;
    } catch (GuestFault fault) {
      faultAt(fault, insns[k]);
      return true;
    } catch (LeaveRun exit) {
      exitAt(insns[k]);
      return false;
    }
  }

  /**
   * Delivery counts as one instruction, so that a guest that only faults still uses up its budget.
   */
  private void fault(GuestFault fault, long rip) {
    cpu.rip = rip;
    cpu.interrupts.raise(fault, rip);
    cpu.retired++;
  }

  private Block lookup() {
    long rip = cpu.rip;
    int slot = (int) (rip ^ rip >>> 12) & (RECENT - 1);
    long linear = linearRip();
    if (!cpu.code64() && rip > cpu.segments.limit(Insn.CS)) {
      throw cpu.fault(GuestFault.GP, 0);
    }
    long physical = cpu.mmu.fetch(linear);
    Block block = recent[slot];
    if (block != null
        && block.rip == rip
        && block.physical == physical
        && block.valid
        && block.codeSize == cpu.codeSize()
        && block.secondPhysical == Block.ONE_PAGE) {
      return block;
    }
    block = cache.find(physical, rip, cpu.codeSize());
    if (block != null && block.secondPhysical != Block.ONE_PAGE) {
      long boundary = cpu.wrapLinear((linear | 0xfff) + 1);
      if (cpu.mmu.fetch(boundary) != block.secondPhysical) {
        block = null;
      }
    }
    if (block == null) {
      block = builder.build(cpu, linear, physical);
      cache.add(block);
    }
    recent[slot] = block;
    return block;
  }
}
