package org.tenon.hv.machine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuState;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/**
 * A stopped machine, looked at and changed from outside: registers, memory by linear address,
 * breakpoints, single steps. Every method belongs to the thread that calls {@link Machine#run()},
 * between two runs.
 */
public final class Debugger {
  private static final int PAGE = 4096;

  private final Machine machine;
  private final List<Processor> processors;
  private final GuestMemory memory;
  private final EngineVm vm;
  private final RunLoop loop;

  Debugger(
      Machine machine, List<Processor> processors, GuestMemory memory, EngineVm vm, RunLoop loop) {
    this.machine = machine;
    this.processors = processors;
    this.memory = memory;
    this.vm = vm;
    this.loop = loop;
  }

  /** How many processors there are. */
  public int processors() {
    return processors.size();
  }

  /** Whether a processor runs; else it halts or waits to be started. */
  public boolean isRunning(int processor) {
    return processors.get(processor).isRunning();
  }

  /** A processor's state. */
  public VcpuState state(int processor) {
    return processors.get(processor).vcpu().state();
  }

  /**
   * Changes a processor's state.
   *
   * @throws IllegalArgumentException if it is impossible
   */
  public void setState(int processor, VcpuState state) {
    processors.get(processor).vcpu().setState(state);
  }

  /**
   * Copies memory out, up to the first byte that a processor's page tables do not map to RAM.
   *
   * @return how many bytes were copied
   */
  public int read(int processor, long linear, byte[] into) {
    return copy(processor, linear, into, false);
  }

  /**
   * Copies memory in, up to the first byte that a processor's page tables do not map to RAM.
   *
   * @return how many bytes were copied
   */
  public int write(int processor, long linear, byte[] from) {
    return copy(processor, linear, from, true);
  }

  private int copy(int processor, long linear, byte[] bytes, boolean writes) {
    Vcpu vcpu = processors.get(processor).vcpu();
    MemorySegment outside = MemorySegment.ofArray(bytes);
    int done = 0;
    while (done < bytes.length) {
      long address = linear + done;
      int length = (int) Math.min(bytes.length - done, PAGE - (address & (PAGE - 1)));
      long physical = vcpu.translate(address);
      MemoryRegion region = physical == Vcpu.UNMAPPED ? null : memory.find(physical, length);
      if (region == null) {
        break;
      }
      long offset = region.offset(physical);
      if (writes) {
        MemorySegment.copy(outside, done, region.segment(), offset, length);
        region.markDirty(offset, length);
        vm.memoryWritten(physical, length);
      } else {
        MemorySegment.copy(region.segment(), offset, outside, done, length);
      }
      done += length;
    }
    return done;
  }

  /** Replaces the execution breakpoints of every processor. */
  public void setBreakpoints(long... linear) {
    for (Processor processor : processors) {
      processor.vcpu().setBreakpoints(linear);
    }
  }

  /**
   * Executes one instruction; interrupts wait. A processor that halts or waits to be started does
   * nothing.
   */
  public void step(int processor) {
    loop.step(processors.get(processor));
  }

  /** Runs on until something ends the run. */
  public Outcome resume() {
    return machine.run();
  }

  /** Makes {@link #resume()} come back with {@link Outcome.Kind#STOPPED}. Any thread. */
  public void interrupt() {
    machine.stop();
  }
}
