package org.tenon.hv.engine.sim.jit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;

/**
 * The blocks of 64-bit code that are to become one region; the first is its head. Immutable: made
 * on the processor's thread, compiled on another.
 *
 * @param blocks what to compile
 */
public record RegionPlan(List<Part> blocks) {
  /** Copies the list. */
  public RegionPlan {
    blocks = List.copyOf(blocks);
  }

  /**
   * One block.
   *
   * @param insns its instructions
   * @param handlers their handlers
   */
  public record Part(List<Insn> insns, List<Handler> handlers) {
    /** Copies the lists. */
    public Part {
      insns = List.copyOf(insns);
      handlers = List.copyOf(handlers);
    }

    long rip() {
      return insns.get(0).rip;
    }

    Insn last() {
      return insns.get(insns.size() - 1);
    }
  }

  /** The head and what comes after it, half as many. */
  RegionPlan half() {
    return new RegionPlan(blocks.subList(0, blocks.size() / 2));
  }

  /** Which block begins at an address. */
  Map<Long, Integer> byRip() {
    Map<Long, Integer> index = new HashMap<>();
    for (int k = 0; k < blocks.size(); k++) {
      index.put(blocks.get(k).rip(), k);
    }
    return index;
  }

  /** All instructions, in order: what {@link org.tenon.hv.engine.sim.cpu.Cpu#position} counts. */
  Insn[] insns() {
    return blocks.stream().flatMap(part -> part.insns().stream()).toArray(Insn[]::new);
  }
}
