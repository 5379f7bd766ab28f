package org.tenon.hv.engine.sim.block;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.cpu.Mmu;
import org.tenon.hv.engine.sim.jit.RegionCode;
import org.tenon.hv.engine.sim.jit.RegionCompiler;
import org.tenon.hv.engine.sim.jit.RegionPlan;

/**
 * Hot blocks that are executed as one piece of JVM code. It belongs to its head; it is gone as soon
 * as a byte of any of its blocks changes.
 */
final class Region {
  private final Block head;

  /** Linear and physical addresses, in turn, of the pages that it needs besides its head's. */
  private final long[] pages;

  private boolean valid = true;
  private long checkedIn = -1;

  /** Set by the compiling thread when it is done. */
  private volatile @Nullable RegionCode code;

  private volatile boolean tooLarge;

  Region(List<Block> blocks, long[] pages) {
    this.head = blocks.get(0);
    this.pages = pages;
    for (Block block : blocks) {
      block.regions.add(this);
      block.headAt = block.heat;
    }
    head.region = this;
  }

  /** Whether it is still being compiled. */
  boolean isPending() {
    return valid && code == null && !tooLarge;
  }

  /** Has it compiled. */
  void compile(RegionPlan plan, Executor compiler) {
    compiler.execute(() -> {
      code = RegionCompiler.compile(plan);
      tooLarge = code == null;
    });
  }

  /** One of its blocks has changed: the head may become hot again. */
  void invalidate() {
    valid = false;
    if (head.region == this) {
      head.region = null;
      head.headAt = head.heat;
    }
  }

  /**
   * Its code, if it is compiled and every page still lies where it did; the caller has found the
   * head's.
   */
  @Nullable RegionCode usable(Mmu mmu) {
    RegionCode compiled = code;
    if (compiled == null || !valid) {
      return null;
    }
    return pages.length == 0 || checkedIn == mmu.epoch() || check(mmu) ? compiled : null;
  }

  private boolean check(Mmu mmu) {
    for (int k = 0; k < pages.length; k += 2) {
      if (mmu.cachedFetch(pages[k]) != pages[k + 1]) {
        return false;
      }
    }
    checkedIn = mmu.epoch();
    return true;
  }
}
