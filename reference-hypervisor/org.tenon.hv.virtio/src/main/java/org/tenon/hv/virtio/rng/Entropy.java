package org.tenon.hv.virtio.rng;

/** Where random bytes come from. Run-loop thread. */
@FunctionalInterface
public interface Entropy {
  /** Writes the first {@code count} bytes of {@code into}. Neither blocks nor fails. */
  void fill(byte[] into, int count);
}
