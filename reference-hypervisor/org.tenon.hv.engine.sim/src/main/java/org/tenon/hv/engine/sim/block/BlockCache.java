package org.tenon.hv.engine.sim.block;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.cpu.Cpu;
import org.tenon.hv.engine.sim.cpu.PhysicalMemory;

/**
 * The blocks of one VM, shared by its processors; found by physical address, address in CS, and
 * code size.
 */
public final class BlockCache {
  private static final int BUCKETS = 1 << 17;

  private final PhysicalMemory memory;
  private final List<Cpu> processors = new ArrayList<>();
  private final @Nullable Block[] buckets = new Block[BUCKETS];
  private final Map<Long, List<Block>> byPage = new HashMap<>();

  public BlockCache(PhysicalMemory memory) {
    this.memory = memory;
    memory.onCodeWritten(this::invalidate);
  }

  /** Adds a processor: its write TLB and its block under way are told of changes. */
  public void add(Cpu cpu) {
    processors.add(cpu);
  }

  private static int bucket(long physical, long rip) {
    long h = (physical ^ rip << 7) * 0x9e3779b97f4a7c15L;
    return (int) (h >>> 47);
  }

  @Nullable Block find(long physical, long rip, int codeSize) {
    Block b = buckets[bucket(physical, rip)];
    while (b != null && (b.physical != physical || b.rip != rip || b.codeSize != codeSize)) {
      b = b.chain;
    }
    return b;
  }

  void add(Block block) {
    int k = bucket(block.physical, block.rip);
    block.chain = buckets[k];
    buckets[k] = block;
    int here =
        block.secondPhysical == Block.ONE_PAGE
            ? block.length
            : (int) (4096 - (block.physical & 0xfff));
    mark(block, block.physical, here);
    if (block.secondPhysical != Block.ONE_PAGE) {
      mark(block, block.secondPhysical, block.length - here);
    }
  }

  private void mark(Block block, long physical, int length) {
    byPage.computeIfAbsent(physical >>> 12, page -> new ArrayList<>()).add(block);
    if (memory.markCode(physical, length)) {
      for (Cpu cpu : processors) {
        cpu.mmu.flushWritesTo(physical);
      }
    }
  }

  private void invalidate(long physical, int length) {
    List<Block> blocks = byPage.get(physical >>> 12);
    if (blocks == null) {
      return;
    }
    boolean any = blocks.removeIf(block -> drop(block, physical, length));
    if (any) {
      for (Cpu cpu : processors) {
        cpu.leaveBlock = true;
      }
    }
  }

  private boolean drop(Block block, long physical, int length) {
    if (!block.valid) {
      return true;
    }
    if (!block.overlaps(physical, length)) {
      return false;
    }
    block.valid = false;
    block.regions.forEach(Region::invalidate);
    int k = bucket(block.physical, block.rip);
    Block b = buckets[k];
    if (b == block) {
      buckets[k] = block.chain;
    } else {
      while (b != null && b.chain != block) {
        b = b.chain;
      }
      if (b != null) {
        b.chain = block.chain;
      }
    }
    return true;
  }
}
