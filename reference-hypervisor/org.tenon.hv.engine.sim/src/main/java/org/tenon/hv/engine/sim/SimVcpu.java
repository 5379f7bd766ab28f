package org.tenon.hv.engine.sim;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.tenon.hv.engine.DebugRegisters;
import org.tenon.hv.engine.FpuState;
import org.tenon.hv.engine.PendingEvents;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VcpuState;
import org.tenon.hv.engine.VmConfig;
import org.tenon.hv.engine.sim.block.BlockCache;
import org.tenon.hv.engine.sim.block.RunLoop;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;
import org.tenon.hv.engine.sim.cpu.StateTransfer;

/** The simulator's vCPU: the public face of one {@link Cpu} and its {@link RunLoop}. */
final class SimVcpu implements Vcpu {
  private static final int SIGNATURE_LEAF = 1;

  /**
   * Executions that make a block the head of a region; to try others, or 0 for none, when
   * measuring.
   */
  private static final int COMPILE_THRESHOLD =
      Integer.getInteger("tenon.sim.compileThreshold", 20_000);

  /** One thread compiles for every VM; it ends with the process. */
  private static final Executor COMPILER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("tenon-region-compiler").factory());

  private final Cpu cpu;
  private final RunLoop loop;

  SimVcpu(int apicId, VmConfig config, PhysicalMemory memory, BlockCache cache) {
    cpu = new Cpu(apicId, config.cpuid(), memory, config.tscTicksPerInstruction());
    cache.add(cpu);
    loop = new RunLoop(cpu, cache, memory, COMPILE_THRESHOLD, COMPILER);
    int signature = config.cpuid().get(SIGNATURE_LEAF, 0).eax();
    StateTransfer.restore(
        cpu,
        new VcpuState(
            VcpuState.VERSION,
            Registers.ZERO.with(Cpu.RDX, signature).withRip(0xfff0),
            SystemRegisters.reset(),
            DebugRegisters.RESET,
            FpuState.reset(),
            cpu.msrs.save(),
            PendingEvents.NONE,
            0,
            0));
  }

  @Override
  public int apicId() {
    return cpu.apicId;
  }

  @Override
  public VcpuExit run(long budget) {
    if (budget < 1) {
      throw new IllegalArgumentException("the budget must be at least 1, not " + budget);
    }
    return loop.run(budget);
  }

  @Override
  public void complete(long value) {
    cpu.devices.complete(value);
  }

  @Override
  public void refuse() {
    cpu.devices.refuse();
  }

  @Override
  public boolean atInstructionBoundary() {
    return !cpu.devices.inProgress();
  }

  private void requireBoundary() {
    if (cpu.devices.inProgress()) {
      throw new IllegalStateException("an instruction is under way: run on first");
    }
  }

  @Override
  public boolean canTakeInterrupt() {
    return atInstructionBoundary() && cpu.interrupts.open();
  }

  @Override
  public void injectInterrupt(int vector) {
    if (!canTakeInterrupt()) {
      throw new IllegalStateException("the vCPU cannot take an interrupt now");
    }
    cpu.interrupts.inject(vector & 0xff);
  }

  @Override
  public void injectNmi() {
    cpu.interrupts.raiseNmi();
  }

  @Override
  public void requestInterruptWindow() {
    cpu.interrupts.requestWindow();
  }

  @Override
  public void kick() {
    loop.kick();
  }

  @Override
  public long retired() {
    return cpu.retired;
  }

  @Override
  public long tsc() {
    return cpu.clock.tsc(0);
  }

  @Override
  public void setTsc(long ticks, int sharing) {
    cpu.clock.set(ticks, sharing);
  }

  @Override
  public VcpuState state() {
    return StateTransfer.save(cpu);
  }

  @Override
  public void setState(VcpuState state) {
    requireBoundary();
    StateTransfer.restore(cpu, state);
  }

  @Override
  public int taskPriority() {
    return cpu.cr8;
  }

  @Override
  public void setTaskPriority(int priority) {
    cpu.cr8 = priority & 15;
  }

  @Override
  public long translate(long linear) {
    return cpu.mmu.probe(linear);
  }

  @Override
  public void setBreakpoints(long... addresses) {
    loop.setBreakpoints(addresses);
  }
}
