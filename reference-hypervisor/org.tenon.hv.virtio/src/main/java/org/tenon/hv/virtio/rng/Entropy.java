package org.tenon.hv.virtio.rng;

/** Where random bytes come from. Run-loop thread. */
public interface Entropy {
  /** Writes the first {@code count} bytes of {@code into}. Neither blocks nor fails. */
  void fill(byte[] into, int count);

  /** Where it stands, for a save; 0 for one that cannot go on. */
  long position();

  /** Goes on where another one stood. */
  void position(long saved);
}
