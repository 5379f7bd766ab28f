package org.tenon.hv.engine.sim.block;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;

/**
 * Instructions that are executed one after the other: one entry, and no transfer of control but by
 * the last. Lies within one page, unless it is a single instruction that crosses into the next.
 */
public final class Block {
  /** {@link #secondPhysical} of a block within one page. */
  static final long ONE_PAGE = -1;

  final long physical;
  final long secondPhysical;
  final int length;
  final long rip;
  final int codeSize;
  final Insn[] insns;
  final Handler[] handlers;
  final long next;

  /** False as soon as any of its bytes has been overwritten. */
  boolean valid = true;

  /** How often the interpreter has executed it. */
  int heat;

  /** The heat at which it may become the head of a region. */
  int headAt;

  /** The region that begins with it, once it is hot. */
  @Nullable Region region;

  /** All regions that it is part of. */
  final List<Region> regions = new ArrayList<>(0);

  /** Next in the bucket of the cache. */
  @Nullable Block chain;

  Block(
      long physical,
      long secondPhysical,
      int length,
      long rip,
      int codeSize,
      Insn[] insns,
      Handler[] handlers) {
    this.physical = physical;
    this.secondPhysical = secondPhysical;
    this.length = length;
    this.rip = rip;
    this.codeSize = codeSize;
    this.insns = insns;
    this.handlers = handlers;
    this.next = insns[insns.length - 1].next;
  }

  boolean overlaps(long from, int bytes) {
    if (secondPhysical != ONE_PAGE) {
      int here = (int) (4096 - (physical & 0xfff));
      return overlap(physical, here, from, bytes)
          || overlap(secondPhysical, length - here, from, bytes);
    }
    return overlap(physical, length, from, bytes);
  }

  private static boolean overlap(long a, int aLength, long b, int bLength) {
    return a < b + bLength && b < a + aLength;
  }
}
