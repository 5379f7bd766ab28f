package org.tenon.hv.engine.sim.simd;

/** A 64-bit or 128-bit operand, addressed by lanes. Lane 0 is the least significant. */
public final class Vector {
  public long low;
  public long high;

  /** 64 or 128. */
  public int bits = 128;

  /** Sets both halves. */
  public void set(long newLow, long newHigh) {
    low = newLow;
    high = newHigh;
  }

  /** Lanes of a width. */
  public int lanes(int width) {
    return bits / width;
  }

  /** A lane of 8, 16, 32 or 64 bits, zero-extended. */
  public long get(int lane, int width) {
    int at = lane * width;
    long half = at < 64 ? low : high;
    return width == 64 ? half : half >>> (at & 63) & (1L << width) - 1;
  }

  /** A lane, sign-extended. */
  public long signed(int lane, int width) {
    int unused = 64 - width;
    return get(lane, width) << unused >> unused;
  }

  /** Sets a lane; upper bits of the value are ignored. */
  public void put(int lane, int width, long value) {
    int at = lane * width;
    long mask = (width == 64 ? -1L : (1L << width) - 1) << (at & 63);
    if (at < 64) {
      low = (low & ~mask) | (value << at & mask);
    } else {
      high = (high & ~mask) | (value << (at & 63) & mask);
    }
  }
}
