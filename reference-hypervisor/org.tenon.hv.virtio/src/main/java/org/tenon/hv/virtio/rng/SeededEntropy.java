package org.tenon.hv.virtio.rng;

/**
 * The same bytes for the same seed, in every run and on every host: SplitMix64 (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators"), whose n-th number follows from the seed
 * and n alone. Good for tests, worthless for secrets.
 */
public final class SeededEntropy implements Entropy {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /** From the beginning. */
  public SeededEntropy(long seed) {
    state = seed;
  }

  @Override
  public void fill(byte[] into, int count) {
    for (int i = 0; i < count; ) {
      state += GAMMA;
      long word = mixed(state);
      for (int end = Math.min(count, i + Long.BYTES); i < end; i++) {
        into[i] = (byte) word;
        word >>>= Byte.SIZE;
      }
    }
  }

  private static long mixed(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** The seed with which another one goes on where this one stands. */
  @Override
  public long position() {
    return state;
  }

  @Override
  public void position(long saved) {
    state = saved;
  }
}
