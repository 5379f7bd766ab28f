package org.tenon.hv.engine.sim.jit;

import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * A compiled region with the tables that tell, for each place where control may leave it, what the
 * processor's state then is. Places are numbered: first every instruction, for faults, then the
 * ways out.
 */
public final class RegionCode {
  /** In {@link #rips}: the address is computed. */
  static final long COMPUTED = -1;

  private final CompiledRegion entry;
  private final Insn[] insns;
  private final long[] rips;
  private final int[] flags;
  private final int[] uncounted;

  /**
   * Puts the parts together.
   *
   * @param rips where each way out leads
   * @param flags what the flags derive from at each place, as {@link LazyFlags} codes
   * @param uncounted how many instructions each place has to its credit that have not been executed
   */
  RegionCode(CompiledRegion entry, Insn[] insns, long[] rips, int[] flags, int[] uncounted) {
    this.entry = entry;
    this.insns = insns;
    this.rips = rips;
    this.flags = flags;
    this.uncounted = uncounted;
  }

  /** Executes; see {@link CompiledRegion#run}. */
  public void run(Cpu cpu, int budget) {
    entry.run(cpu, this, budget);
  }

  /** The instruction at a place. */
  public Insn insn(int position) {
    return insns[position];
  }

  // large on purpose: compiled code hands over its local variables, one argument each
  /** Called by compiled code at a way out, when the general registers are back in their array. */
  static void leave(
      RegionCode self,
      Cpu cpu,
      int place,
      long retired,
      long target,
      int kind,
      long a,
      long b,
      long result,
      long carry) {
    long rip = self.rips[place];
    cpu.rip = rip == COMPUTED ? target : rip;
    self.settle(cpu, place, retired, kind, a, b, result, carry);
  }

  /** Called by compiled code when an instruction has thrown, likewise. */
  static void fault(
      RegionCode self,
      Cpu cpu,
      int place,
      long retired,
      int kind,
      long a,
      long b,
      long result,
      long carry) {
    cpu.position = place;
    self.settle(cpu, place, retired, kind, a, b, result, carry);
  }

  // no longer large

  private void settle(
      Cpu cpu, int place, long retired, int kind, long a, long b, long result, long carry) {
    cpu.retired = retired - uncounted[place];
    int known = flags[place];
    int code = known == LazyFlags.DYNAMIC ? kind : known;
    Flags f = cpu.flags;
    f.carry = LazyFlags.carry(code, a, b, result, carry);
    f.result = LazyFlags.result(code, result);
  }
}
