package org.tenon.hv.engine.sim.jit;

import java.util.Arrays;

/** The tables of a {@link RegionCode} while it is being compiled. */
final class Places {
  private final int[] first;
  private int count;
  private long[] rips = new long[64];
  private int[] flags = new int[64];
  private int[] uncounted = new int[64];

  /** Begins with one place for each instruction. */
  Places(RegionPlan plan) {
    first = new int[plan.blocks().size()];
    for (int k = 0; k < first.length; k++) {
      RegionPlan.Part part = plan.blocks().get(k);
      first[k] = count;
      int size = part.insns().size();
      for (int n = 0; n < size; n++) {
        add(part.insns().get(n).rip, LazyFlags.CANONICAL, size);
      }
    }
  }

  /** The place of a block's first instruction. */
  int first(int block) {
    return first[block];
  }

  /** Says what the flags derive from before the instruction at a place. */
  void flags(int place, int code) {
    flags[place] = code;
  }

  /** Adds a way out. */
  int add(long rip, int flagCode, int taken) {
    if (count == rips.length) {
      rips = Arrays.copyOf(rips, 2 * count);
      flags = Arrays.copyOf(flags, 2 * count);
      uncounted = Arrays.copyOf(uncounted, 2 * count);
    }
    rips[count] = rip;
    flags[count] = flagCode;
    uncounted[count] = taken;
    return count++;
  }

  RegionCode code(CompiledRegion entry, RegionPlan plan) {
    return new RegionCode(
        entry,
        plan.insns(),
        Arrays.copyOf(rips, count),
        Arrays.copyOf(flags, count),
        Arrays.copyOf(uncounted, count));
  }
}
