package org.tenon.hv.engine.sim.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.cpu.Mmu;
import org.tenon.hv.engine.sim.jit.RegionPlan;
import org.tenon.hv.engine.sim.jit.Successors;

/** Chooses what becomes one region with a hot block: the hottest that jumps and calls reach. */
final class RegionPicker {
  private static final int MOST_BLOCKS = Integer.getInteger("tenon.sim.regionBlocks", 32);
  private static final int MOST_INSTRUCTIONS =
      Integer.getInteger("tenon.sim.regionInstructions", 300);
  private static final int MOST_PAGES = 4;

  /** A block that is executed more rarely than the head by this factor stays outside. */
  private static final int COLD = Integer.getInteger("tenon.sim.regionCold", 8);

  private static final long PAGE = ~0xfffL;

  private final BlockCache cache;
  private final Mmu mmu;
  private final List<Block> chosen = new ArrayList<>();
  private final Map<Long, Long> pages = new LinkedHashMap<>();
  private int instructions;

  private RegionPicker(BlockCache cache, Mmu mmu) {
    this.cache = cache;
    this.mmu = mmu;
  }

  /** Makes a region of a head and returns what it consists of, or null if that may not be. */
  static @Nullable RegionPlan pick(Block head, BlockCache cache, Mmu mmu) {
    if (head.codeSize != 8 || head.secondPhysical != Block.ONE_PAGE) {
      return null;
    }
    RegionPicker picker = new RegionPicker(cache, mmu);
    picker.choose(head);
    return picker.plan();
  }

  private RegionPlan plan() {
    Map<Long, Long> others = new LinkedHashMap<>(pages);
    others.remove(chosen.get(0).rip & PAGE);
    long[] pairs =
        others.entrySet().stream()
            .flatMap(page -> List.of(page.getKey(), page.getValue()).stream())
            .mapToLong(Long::longValue)
            .toArray();
    new Region(chosen, pairs);
    return new RegionPlan(
        chosen.stream()
            .map(b -> new RegionPlan.Part(List.of(b.insns), List.of(b.handlers)))
            .toList());
  }

  private void choose(Block head) {
    PriorityQueue<Block> reached =
        new PriorityQueue<>(Comparator.comparingInt((Block b) -> b.heat).reversed());
    reached.add(head);
    while (!reached.isEmpty() && chosen.size() < MOST_BLOCKS) {
      Block block = reached.remove();
      if (chosen.contains(block) || !fits(block)) {
        continue;
      }
      chosen.add(block);
      instructions += block.insns.length;
      pages.put(block.rip & PAGE, block.physical & PAGE);
      for (long to : Successors.named(block.insns[block.insns.length - 1])) {
        Block next = find(block, to);
        if (next != null && (long) next.heat * COLD >= head.heat) {
          reached.add(next);
        }
      }
    }
  }

  private boolean fits(Block block) {
    Long physical = pages.get(block.rip & PAGE);
    boolean known =
        physical != null ? physical == (block.physical & PAGE) : pages.size() < MOST_PAGES;
    return known && instructions + block.insns.length <= MOST_INSTRUCTIONS;
  }

  private @Nullable Block find(Block from, long to) {
    boolean samePage = (from.rip & PAGE) == (to & PAGE);
    long physical = samePage ? (from.physical & PAGE) | (to & ~PAGE) : mmu.cachedFetch(to);
    if (physical < 0) {
      return null;
    }
    Block found = cache.find(physical, to, from.codeSize);
    return found != null && found.secondPhysical == Block.ONE_PAGE ? found : null;
  }
}
