package org.tenon.hv.engine.sim.jit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tenon.hv.engine.sim.decode.Insn;

/** Where control may go behind a block. */
public final class Successors {
  /** Returns that are compared with; a function called from more places leaves its region. */
  private static final int MOST_RETURNS = 6;

  private Successors() {}

  /** The addresses that the end of a block names. */
  public static long[] named(Insn end) {
    return switch (end.definition.name()) {
      case "Jcc" -> new long[] {end.next, end.target};
      case "JMP" -> new long[] {end.target};
      case "CALL" -> new long[] {end.target, end.next};
      default -> end.endsBlock ? new long[0] : new long[] {end.next};
    };
  }

  /** The addresses of blocks of the region where control goes behind block {@code k}. */
  static List<Long> of(RegionPlan plan, int k) {
    Set<Long> all = plan.byRip().keySet();
    Insn end = plan.blocks().get(k).last();
    List<Long> found = new ArrayList<>();
    if (end.definition.name().equals("RET")) {
      for (RegionPlan.Part part : plan.blocks()) {
        Insn last = part.last();
        boolean call = last.definition.name().startsWith("CALL");
        if (call && all.contains(last.next) && found.size() < MOST_RETURNS) {
          found.add(last.next);
        }
      }
      return found;
    }
    long[] named = end.definition.name().equals("CALL") ? new long[] {end.target} : named(end);
    for (long to : named) {
      if (all.contains(to) && !found.contains(to)) {
        found.add(to);
      }
    }
    return found;
  }
}
